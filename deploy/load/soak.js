// Does it last? Fifty people for eight hours: memory, tables and logs must not grow without end.
import { makePeople, mixed, setupTimeout, thresholds } from "./payflow.js";

export const options = {
  setupTimeout,
  thresholds: { ...thresholds, payments_completed: ["count>=100000"] },
  scenarios: {
    soak: { executor: "constant-vus", vus: 50, duration: "8h" },
  },
};

export const setup = () => makePeople(50);

export default mixed;
