// An ordinary busy hour: a hundred people at once.
import { mixed, setup as makePeople, thresholds } from "./payflow.js";

export const options = {
  thresholds,
  scenarios: {
    load: { executor: "ramping-vus", stages: [{ duration: "2m", target: 100 }, { duration: "20m", target: 100 }, { duration: "1m", target: 0 }] },
  },
};

export const setup = makePeople;

export default mixed;
