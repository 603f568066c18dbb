// An ordinary busy hour: a hundred people at once.
import { gracefulRamp, makePeople, mixed, objectives, settle, setupTimeout, teardownTimeout } from "./payflow.js";

export const options = {
  setupTimeout,
  teardownTimeout,
  thresholds: { ...objectives, payments_completed: ["count>=10000"] },
  scenarios: {
    load: {
      executor: "ramping-vus",
      ...gracefulRamp,
      stages: [
        { duration: "2m", target: 100 },
        { duration: "20m", target: 100 },
        { duration: "1m", target: 0 },
      ],
    },
  },
};

export const setup = () => makePeople(options);

export default mixed;

export const teardown = settle;
