// Does it last? Fifty people for eight hours: memory, tables and logs must not grow without end.
import { mixed, setup as makePeople, thresholds } from "./payflow.js";

export const options = {
  thresholds,
  scenarios: {
    soak: { executor: "constant-vus", vus: 50, duration: "8h" },
  },
};

export const setup = makePeople;

export default mixed;
