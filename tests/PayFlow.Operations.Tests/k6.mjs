// As much of k6 as deploy/load uses, for where there is no k6: node k6.mjs SCENARIO ITERATIONS runs a scenario's setup, then each
// of its VUs that often, and prints what was counted. It stands in for k6/http, k6 and k6/metrics in one, as k6 itself has them:
// each VU has its own modules, and a request is answered before the next line.
import { spawnSync } from "node:child_process";
import { pathToFileURL } from "node:url";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";

const counted = { statuses: {}, checks: {}, metrics: {} };
const count = (kind, name) => (counted[kind][name] = (counted[kind][name] ?? 0) + 1);

const http = {
  request(method, url, body, { headers, tags }) {
    const given = Object.entries(headers).flatMap(([name, value]) => ["--header", `${name}: ${value}`]);
    const { stdout, status, stderr } = spawnSync("curl", ["--silent", "--show-error", "--include", "--max-time", "60", "--request", method, ...given, ...(body ? ["--data-binary", "@-"] : []), url], { input: body ?? "", encoding: "utf8" });
    if (status !== 0) throw new Error(`curl: ${stderr}`);
    const [head, ...rest] = stdout.split("\r\n\r\n");
    const [first, ...lines] = head.split("\r\n");
    const answer = { status: Number(first.split(" ")[1]), body: rest.join("\r\n\r\n"), headers: {} };
    for (const line of lines) answer.headers[line.slice(0, line.indexOf(":"))] = line.slice(line.indexOf(":") + 1).trim();
    answer.json = (path) => (path ? path.split(".").reduce((value, key) => value?.[key], JSON.parse(answer.body)) : JSON.parse(answer.body));
    count("statuses", `${tags.kind} ${answer.status}`);
    return answer;
  },
};
export default http;

export function check(value, checks) {
  const failed = Object.entries(checks).filter(([name, holds]) => {
    const held = holds(value);
    count("checks", `${name}: ${held}`);
    return !held;
  });
  return failed.length === 0;
}

export function sleep(seconds) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, seconds * 1000);
}

class Metric {
  constructor(name) { this.name = name; }
  add() { count("metrics", this.name); }
}
export { Metric as Counter, Metric as Trend };

// Not awaited here: the scenario imports this module, which has to be whole by then.
run();

async function run() {
  const { scenario, iterations, vu, data } = isMainThread ? { scenario: process.argv[2], iterations: Number(process.argv[3]), vu: 0 } : workerData;
  Object.assign(globalThis, { __ENV: process.env, __VU: vu, __ITER: 0 });
  const { default: iterate, options, setup } = await import(pathToFileURL(scenario));
  if (!isMainThread) {
    for (; __ITER < iterations; globalThis.__ITER++) iterate(data);
    parentPort.postMessage(counted);
    return;
  }
  const people = setup();
  const vus = Object.values(options.scenarios).map(({ vus, stages }) => vus ?? Math.max(...stages.map(({ target }) => target)))[0];
  await Promise.all(Array.from({ length: vus }, (_, i) => new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: { scenario, iterations, vu: i + 1, data: people } });
    worker.on("error", reject).on("message", resolve);
  }).then(add)));
  console.log(JSON.stringify(counted));
}

function add(more) {
  for (const [kind, counts] of Object.entries(more)) for (const [name, count] of Object.entries(counts)) counted[kind][name] = (counted[kind][name] ?? 0) + count;
}
