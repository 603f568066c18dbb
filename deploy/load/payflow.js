// What the scenarios share: people with money, and what they do. The same for all; only how many do it at once differs.
//   k6 run -e BASE_URL=https://wallet.example -e ADMIN_EMAIL=… -e ADMIN_PASSWORD=… -e ADMIN_CODE=… deploy/load/load.js
// ADMIN_CODE is what the admin's authenticator shows now, or a recovery code; in place of all three ADMIN_REFRESH_TOKEN is taken,
// of a session of their own, which the run then uses up.
// Whoever acts here is one person, made before the load starts. Signing up and in is limited per address to 30 at once and one
// every two seconds, so a hundred people take six minutes to make and a thousand take an hour; for a load test let in more
// (RateLimits__SignIn__Burst and RateLimits__SignIn__PerSecond of Web, Identity__Hashing__Address__Burst and
// Identity__Hashing__Address__PerSecond of Accounts). The admin gives each of them 100 rupees, and no admin gives
// more than 100,000 within a day alone: for more than a thousand people raise that (Adjustments__ApproveAbove of Accounts).
import http from "k6/http";
import { check, sleep } from "k6";
import { Counter, Trend } from "k6/metrics";

const base = `${__ENV.BASE_URL || "http://localhost:8080"}/api/v1`;
const json = { "Content-Type": "application/json" };
const pin = "2468";

export const paymentEnded = new Trend("payment_ended", true);
export const paymentsCompleted = new Counter("payments_completed");
export const paymentsLost = new Counter("payments_lost");

// k6 gives it a minute unless it is told otherwise.
export const setupTimeout = "2h";

// The objectives of docs/operations.md. A request that waits for its payment's end is timed by payment_ended instead. Each
// scenario adds how many payments it makes at least: without any, all of these would hold.
export const thresholds = {
  "http_req_failed{kind:api}": ["rate<0.001"],
  "http_req_duration{kind:api}": ["p(99)<500"],
  payment_ended: ["p(99)<2000"],
  payments_lost: ["count==0"],
  checks: ["rate>0.999"],
};

// A 429 says when to come back; nothing was done, so the same request goes again.
function ask(method, path, token, body, more = {}) {
  const headers = Object.assign({}, json, token ? { Authorization: `Bearer ${token}` } : {}, more.headers);
  for (;;) {
    const answer = http.request(method, `${base}/${path}`, body ? JSON.stringify(body) : null, { headers, tags: { kind: more.kind || "api", name: more.name || path } });
    if (answer.status !== 429) return answer;
    sleep(Number(answer.headers["Retry-After"] || 2));
  }
}

// For what nothing goes on without.
function must(method, path, token, body, more = {}) {
  const answer = ask(method, path, token, body, Object.assign({ kind: "setup", name: "setup" }, more));
  if (answer.status < 200 || answer.status > 299) throw new Error(`${method} ${path}: ${answer.status} ${answer.body}`);
  return answer;
}

// An access token lasts five minutes. A refresh token is good once, so a session belongs to one person and to one of k6's VUs.
function tokenOf(person) {
  if (!(person.until > Date.now())) {
    const tokens = person.refreshToken
      ? must("POST", "auth/refresh", null, { refreshToken: person.refreshToken })
      : must("POST", "auth/sign-in", null, { email: person.email, password: person.password, code: person.code });
    person.token = tokens.json("accessToken");
    person.refreshToken = tokens.json("refreshToken");
    person.until = Date.now() + (tokens.json("expiresIn") - 60) * 1000;
  }
  return person.token;
}

// Signs people up, one for each VU, and gives each 100 rupees and a PIN. Each pays the next one: the first payment to somebody
// needs a confirmation, so it is made here.
export function makePeople(count) {
  const run = Date.now().toString(36);
  const admin = { email: __ENV.ADMIN_EMAIL || "admin@payflow.example", password: __ENV.ADMIN_PASSWORD || "payflow-demo-1", code: __ENV.ADMIN_CODE, refreshToken: __ENV.ADMIN_REFRESH_TOKEN };
  // First of all: a code is good for a minute.
  tokenOf(admin);
  const people = [];
  for (let i = 0; i < count; i++) {
    const handle = `load${run}${i}`;
    const person = { email: `${handle}@load.example`, password: `load-${run}-${i}-password`, handle };
    person.account = must("POST", "auth/sign-up", null, { email: person.email, password: person.password, name: `Load ${i}`, handle }).json("account.id");
    must("PUT", "auth/pin", tokenOf(person), { pin, password: person.password });
    const given = must("PUT", `accounts/${person.account}/balance`, tokenOf(admin), { adjustment: "100.00", reason: "Load test" }, { headers: { "Idempotency-Key": handle } });
    if (given.status === 202) throw new Error("The money waits for another admin: this one has posted as much today as they may alone.");
    people.push(person);
  }
  people.forEach((person, i) => {
    person.payee = people[(i + 1) % count].account;
    const confirmation = must("POST", "auth/confirm", tokenOf(person), Object.assign({ pin }, payment(person))).json("confirmation");
    must("POST", "transactions", tokenOf(person), payment(person), { headers: { "Idempotency-Key": `${person.handle}-first`, "Payment-Confirmation": confirmation } });
  });
  return { people };
}

// So little that neither the balance nor a limit of a day ends a test.
const payment = (person) => ({ fromAccount: person.account, toAccount: person.payee, amount: "0.10", currency: "INR" });

let me;

// One person pays another and waits for the end; the answer says that it ended, or the payment is asked for until it has.
function pay() {
  const token = tokenOf(me);
  const started = Date.now();
  let answer = ask("POST", "transactions", token, payment(me), { kind: "payment", headers: { "Idempotency-Key": `${me.handle}-${__VU}-${__ITER}`, Prefer: "wait=5" } });
  if (!check(answer, { "the payment is taken": (r) => r.status === 200 || r.status === 202 })) return;
  const id = answer.json("id");
  const status = () => (answer.status === 200 || answer.status === 202 ? answer.json("status") : "pending");
  for (let i = 0; status() === "pending" && i < 60; i++) {
    sleep(0.5);
    answer = ask("GET", `transactions/${id}`, token, null, { name: "transactions/{id}" });
  }
  if (status() === "pending") {
    paymentsLost.add(1);
    return;
  }
  paymentEnded.add(Date.now() - started);
  if (check(status(), { "the payment completed": (end) => end === "completed" })) paymentsCompleted.add(1);
}

// What people do most: look.
function look() {
  const token = tokenOf(me);
  check(ask("GET", "accounts/me", token), { "their accounts are shown": (r) => r.status === 200 });
  check(ask("GET", "transactions?limit=20", token, null, { name: "transactions" }), { "their activity is shown": (r) => r.status === 200 });
  check(ask("GET", "notifications?limit=20", token, null, { name: "notifications" }), { "their notifications are shown": (r) => r.status === 200 });
}

export function mixed(data) {
  // A VU keeps its variables from one iteration to the next, and nobody else sees them.
  me = me || Object.assign({}, data.people[(__VU - 1) % data.people.length]);
  if (Math.random() < 0.3) pay();
  else look();
  sleep(Math.random());
}
