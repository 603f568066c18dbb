// An ordinary busy hour: a hundred people at once.
import { makePeople, mixed, setupTimeout, thresholds } from "./payflow.js";

export const options = {
  setupTimeout,
  thresholds: { ...thresholds, payments_completed: ["count>=10000"] },
  scenarios: {
    load: {
      executor: "ramping-vus",
      stages: [
        { duration: "2m", target: 100 },
        { duration: "20m", target: 100 },
        { duration: "1m", target: 0 },
      ],
    },
  },
};

export const setup = () => makePeople(100);

export default mixed;
