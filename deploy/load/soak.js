// Does it last? Fifty people for eight hours: memory, tables and logs must not grow without end.
import { graceful, makePeople, mixed, objectives, settle, setupTimeout, teardownTimeout } from "./payflow.js";

export const options = {
  setupTimeout,
  teardownTimeout,
  thresholds: { ...objectives, payments_completed: ["count>=100000"] },
  scenarios: {
    soak: { executor: "constant-vus", ...graceful, vus: 50, duration: "8h" },
  },
};

export const setup = () => makePeople(options);

export default mixed;

export const teardown = settle;
