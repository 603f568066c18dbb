// As much of k6 as deploy/load uses, for where there is no k6: node k6.mjs SCENARIO ITERATIONS runs a scenario's setup,
// then each of its VUs that often, then its teardown, prints what was counted and judges the thresholds, except those
// of single requests' times. As k6 does, it ends with 99 where one of them fails. It stands in for k6/http, k6,
// k6/metrics and k6/execution in one. As in k6, each VU has its own modules, and a request is answered before the next
// line: a VU is a thread that waits, and the main thread sends. QUICK=1 leaves out all pauses, and makes each run choose
// alike; VUS=3 is as k6's --vus.
import { pathToFileURL } from "node:url";
import { isMainThread, MessageChannel, receiveMessageOnPort, Worker, workerData } from "node:worker_threads";

const counted = { statuses: {}, checks: {}, metrics: {}, requests: {}, times: {} };
const count = (kind, name, by = 1) => (counted[kind][name] = (counted[kind][name] ?? 0) + by);
let isExpected = (status) => status < 400;

const http = {
    expectedStatuses:
        (...expected) =>
        (status) =>
            expected.some((one) => (typeof one === "number" ? one === status : status >= one.min && status <= one.max)),
    setResponseCallback(callback) {
        isExpected = callback;
    },
    request(method, url, body, { headers, tags }) {
        const answered = new Int32Array(workerData.answered);
        workerData.requests.postMessage({ method, url, body, headers });
        Atomics.wait(answered, 0, 0);
        Atomics.store(answered, 0, 0);
        const { message: answer } = receiveMessageOnPort(workerData.requests);
        if (answer.error) throw new Error(answer.error);
        answer.json = (path) =>
            path
                ? path.split(".").reduce((value, key) => value?.[key], JSON.parse(answer.body))
                : JSON.parse(answer.body);
        count("statuses", `${tags.kind} ${answer.status}`);
        count("requests", `${tags.kind} ${isExpected(answer.status) ? "good" : "failed"}`);
        return answer;
    },
    test: {
        abort(reason) {
            throw new Error(reason);
        },
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
    if (process.env.QUICK) return;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, seconds * 1000);
}

class Counter {
    constructor(name) {
        this.name = name;
    }
    add(by) {
        count("metrics", this.name, by);
    }
}

class Trend extends Counter {
    add(value) {
        (counted.times[this.name] ??= []).push(value);
    }
}
export { Counter, Trend };

// Not awaited here: the scenario imports this module, which has to be whole by then.
if (isMainThread) run(process.argv[2], Number(process.argv[3]));
else act(workerData);

async function act({ role, scenario, iterations, vu, data, requests }) {
    Object.assign(globalThis, { __ENV: process.env, __VU: vu, __ITER: 0 });
    // Multiples of the golden ratio are spread evenly, so that no run pays too seldom for what it is about.
    let drawn = vu;
    if (process.env.QUICK) Math.random = () => (++drawn * 0.6180339887498949) % 1;
    const { default: iterate, options, setup, teardown } = await import(pathToFileURL(scenario));
    let made;
    if (role === "setup") made = setup();
    if (role === "vu") for (; __ITER < iterations; globalThis.__ITER++) iterate(data);
    if (role === "teardown") teardown?.(data);
    requests.postMessage({ end: { counted, made: JSON.stringify(made), options: JSON.stringify(options) } });
}

async function run(scenario, iterations) {
    const { made, options } = await start("setup", { scenario, vu: 0 });
    const { scenarios, thresholds } = JSON.parse(options);
    const data = JSON.parse(made);
    const vus =
        Number(process.env.VUS) ||
        Object.values(scenarios).map(({ vus, stages }) => vus ?? Math.max(...stages.map(({ target }) => target)))[0];
    await Promise.all(Array.from({ length: vus }, (_, i) => start("vu", { scenario, iterations, vu: i + 1, data })));
    await start("teardown", { scenario, vu: 0, data });
    const failed = Object.entries(thresholds).filter(
        ([name, bounds]) => !name.startsWith("http_req_duration") && !bounds.every((bound) => holds(name, bound)),
    );
    const { times, ...shown } = counted;
    console.log(JSON.stringify({ ...shown, failed: failed.map(([name]) => name) }));
    process.exitCode = failed.length > 0 ? 99 : 0;
}

function start(role, data) {
    const answered = new SharedArrayBuffer(4);
    const { port1, port2 } = new MessageChannel();
    return new Promise((resolve, reject) => {
        const worker = new Worker(new URL(import.meta.url), {
            workerData: { role, ...data, answered, requests: port2 },
            transferList: [port2],
        });
        worker.on("error", reject);
        port1.on("message", async (message) => {
            if (message.end) {
                add(message.end.counted);
                port1.close();
                resolve(message.end);
                return;
            }
            port1.postMessage(await send(message));
            Atomics.store(new Int32Array(answered), 0, 1);
            Atomics.notify(new Int32Array(answered), 0);
        });
    });
}

async function send({ method, url, body, headers }) {
    try {
        const answer = await fetch(url, { method, body: body ?? undefined, headers, redirect: "manual" });
        // Named as k6 names them.
        const named = Object.fromEntries(
            [...answer.headers].map(([name, value]) => [
                name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase()),
                value,
            ]),
        );
        return { status: answer.status, body: await answer.text(), headers: named };
    } catch (failure) {
        return { error: String(failure.cause ?? failure) };
    }
}

function holds(name, bound) {
    const [, what, operator, limit] = bound.match(/^(count|rate|p\(99\))(==|>=|<=|>|<)([\d.]+)$/);
    const value =
        what === "count" ? (counted.metrics[name] ?? 0) : what === "rate" ? rate(name) : p99(counted.times[name]);
    return {
        "==": (a, b) => a === b,
        ">=": (a, b) => a >= b,
        "<=": (a, b) => a <= b,
        ">": (a, b) => a > b,
        "<": (a, b) => a < b,
    }[operator](value, Number(limit));
}

function rate(name) {
    const kind = name.match(/^http_req_failed\{kind:(\w+)\}$/)?.[1];
    const of = (kinds, wanted) =>
        Object.entries(kinds)
            .filter(([key]) => wanted(key))
            .reduce((sum, [, number]) => sum + number, 0);
    if (kind)
        return (
            of(counted.requests, (key) => key === `${kind} failed`) /
            of(counted.requests, (key) => key.startsWith(`${kind} `))
        );
    if (name !== "checks") throw new Error(`There is no rate ${name}.`);
    return of(counted.checks, (key) => key.endsWith(": true")) / of(counted.checks, () => true);
}

const p99 = (values = []) => values.toSorted((a, b) => a - b)[Math.ceil(values.length * 0.99) - 1] ?? 0;

function add(more) {
    for (const kind of ["statuses", "checks", "metrics", "requests"])
        for (const [name, number] of Object.entries(more[kind])) count(kind, name, number);
    for (const [name, values] of Object.entries(more.times)) (counted.times[name] ??= []).push(...values);
}
