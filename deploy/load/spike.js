// Everybody at once, after a quiet minute, and quiet again.
import { makePeople, mixed, setupTimeout, thresholds } from "./payflow.js";

export const options = {
  setupTimeout,
  thresholds: {
    payments_lost: thresholds.payments_lost,
    payment_ended: ["p(99)<10000"],
    payments_completed: ["count>=1000"],
  },
  scenarios: {
    spike: {
      executor: "ramping-vus",
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

export const setup = () => makePeople(600);

export default mixed;
