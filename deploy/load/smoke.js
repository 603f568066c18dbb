// Does it work at all? Two people for a minute; after each roll-out.
import { makePeople, mixed, setupTimeout, thresholds } from "./payflow.js";

export const options = {
  setupTimeout,
  thresholds: { ...thresholds, payments_completed: ["count>=10"] },
  scenarios: {
    smoke: { executor: "constant-vus", vus: 2, duration: "1m" },
  },
};

export const setup = () => makePeople(2);

export default mixed;
