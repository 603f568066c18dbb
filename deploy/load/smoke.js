// Does it work at all? Two people for a minute; after each roll-out.
import { mixed, setup as makePeople, thresholds } from "./payflow.js";

export const options = {
  thresholds,
  scenarios: {
    smoke: { executor: "constant-vus", vus: 2, duration: "1m" },
  },
};

export const setup = makePeople;

export default mixed;
