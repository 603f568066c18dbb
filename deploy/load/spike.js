// Everybody at once, after a quiet minute, and quiet again.
import { correctness, gracefulRamp, makePeople, mixed, settle, setupTimeout, teardownTimeout } from "./payflow.js";

export const options = {
  setupTimeout,
  teardownTimeout,
  thresholds: {
    ...correctness,
    payment_ended: ["p(99)<10000"],
    payments_completed: ["count>=1000"],
  },
  scenarios: {
    spike: {
      executor: "ramping-vus",
      ...gracefulRamp,
      stages: [
        { duration: "1m", target: 10 },
        { duration: "10s", target: 600 },
        { duration: "2m", target: 600 },
        { duration: "10s", target: 10 },
        { duration: "2m", target: 10 },
      ],
    },
  },
};

export const setup = () => makePeople(options);

export default mixed;

export const teardown = settle;
