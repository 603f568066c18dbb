// Where does it end? More and more people; what is refused is refused with 429, and no payment that was taken is lost.
import { correctness, gracefulRamp, makePeople, mixed, settle, setupTimeout, teardownTimeout } from "./payflow.js";

export const options = {
  setupTimeout,
  teardownTimeout,
  thresholds: {
    ...correctness,
    payment_ended: ["p(99)<30000"],
    payments_completed: ["count>=5000"],
  },
  scenarios: {
    stress: {
      executor: "ramping-vus",
      ...gracefulRamp,
      stages: [
        { duration: "2m", target: 200 },
        { duration: "5m", target: 500 },
        { duration: "5m", target: 1000 },
        { duration: "2m", target: 0 },
      ],
    },
  },
};

export const setup = () => makePeople(options);

export default mixed;

export const teardown = settle;
