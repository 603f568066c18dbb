// Does it work at all? Two people for a minute; after each roll-out.
import { graceful, makePeople, mixed, objectives, settle, setupTimeout, teardownTimeout } from "./payflow.js";

export const options = {
  setupTimeout,
  teardownTimeout,
  thresholds: { ...objectives, payments_completed: ["count>=10"] },
  scenarios: {
    smoke: { executor: "constant-vus", ...graceful, vus: 2, duration: "1m" },
  },
};

export const setup = () => makePeople(options);

export default mixed;

export const teardown = settle;
