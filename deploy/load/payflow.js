// The people and actions of all scenarios. The scenarios differ only in the number of people.
//   k6 run -e BASE_URL=https://wallet.example -e ADMIN_EMAIL=… -e ADMIN_PASSWORD=… -e ADMIN_CODE=… deploy/load/load.js
// ADMIN_CODE is the current code of the admin's authenticator, or a recovery code. ADMIN_REFRESH_TOKEN replaces all
// three; it must be of a session of its own, which the run uses up.
// Each VU acts as one person, made before the load starts. Sign-up and sign-in are limited per address to 30 at once
// and one every two seconds: a hundred people take six minutes, a thousand take an hour. For a load test, raise
// RateLimits__SignIn__Burst and RateLimits__SignIn__PerSecond of Web, and Identity__Hashing__Address__Burst and
// Identity__Hashing__Address__PerSecond of Accounts. The admin gives each person 100 rupees. One admin alone gives at
// most 100,000 a day: for more than a thousand people, raise Adjustments__ApproveAbove of Accounts.
import http from "k6/http";
import { check, sleep } from "k6";
import { Counter, Trend } from "k6/metrics";

const base = `${__ENV.BASE_URL || "http://localhost:8080"}/api/v1`;
const json = { "Content-Type": "application/json" };
const pin = "2468";

export const paymentEnded = new Trend("payment_ended", true);
export const paymentsCompleted = new Counter("payments_completed");
export const paymentsLost = new Counter("payments_lost");

// The default of k6 is a minute.
export const setupTimeout = "2h";

// The objectives of docs/operations.md. A request that waits for its payment's end is timed by payment_ended instead.
// Each scenario adds the least number of payments: without any payment, all of these would hold.
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
    const tags = { kind: more.kind || "api", name: more.name || path };
    const answer = http.request(method, `${base}/${path}`, body ? JSON.stringify(body) : null, { headers, tags });
    if (answer.status !== 429) return answer;
    sleep(Number(answer.headers["Retry-After"] || 2));
  }
}

// For requests that the run depends on.
function must(method, path, token, body, more = {}) {
  const answer = ask(method, path, token, body, Object.assign({ kind: "setup", name: "setup" }, more));
  if (answer.status < 200 || answer.status > 299) throw new Error(`${method} ${path}: ${answer.status} ${answer.body}`);
  return answer;
}

// An access token lasts five minutes. A refresh token is valid once, so each person and VU has its own session.
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

// Signs up one person for each VU, with 100 rupees and a PIN. Each pays the next one here, because the first payment
// to a payee needs a confirmation.
export function makePeople(count) {
  const run = Date.now().toString(36);
  const admin = {
    email: __ENV.ADMIN_EMAIL || "admin@payflow.example",
    password: __ENV.ADMIN_PASSWORD || "payflow-demo-1",
    code: __ENV.ADMIN_CODE,
    refreshToken: __ENV.ADMIN_REFRESH_TOKEN,
  };
  // First, because a code is valid for a minute.
  tokenOf(admin);
  const people = [];
  for (let i = 0; i < count; i++) {
    const handle = `load${run}${i}`;
    const person = { email: `${handle}@load.example`, password: `load-${run}-${i}-password`, handle };
    const form = { email: person.email, password: person.password, name: `Load ${i}`, handle };
    person.account = must("POST", "auth/sign-up", null, form).json("account.id");
    must("PUT", "auth/pin", tokenOf(person), { pin, password: person.password });
    const adjustment = { adjustment: "100.00", reason: "Load test" };
    const key = { headers: { "Idempotency-Key": handle } };
    const given = must("PUT", `accounts/${person.account}/balance`, tokenOf(admin), adjustment, key);
    if (given.status === 202) throw new Error("This admin has posted the most of a day: a second admin must approve.");
    people.push(person);
  }
  people.forEach((person, i) => {
    person.payee = people[(i + 1) % count].account;
    const confirmed = must("POST", "auth/confirm", tokenOf(person), Object.assign({ pin }, payment(person)));
    const headers = {
      "Idempotency-Key": `${person.handle}-first`,
      "Payment-Confirmation": confirmed.json("confirmation"),
    };
    must("POST", "transactions", tokenOf(person), payment(person), { headers });
  });
  return { people };
}

// So little that neither the balance nor a limit of a day ends a test.
const payment = (person) => ({ fromAccount: person.account, toAccount: person.payee, amount: "0.10", currency: "INR" });

let me;

// One person pays another and waits for the end: by the first answer, or by repeated reads of the payment.
function pay() {
  const token = tokenOf(me);
  const started = Date.now();
  const headers = { "Idempotency-Key": `${me.handle}-${__VU}-${__ITER}`, Prefer: "wait=5" };
  let answer = ask("POST", "transactions", token, payment(me), { kind: "payment", headers });
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

// The most frequent action: reading.
function look() {
  const token = tokenOf(me);
  check(ask("GET", "accounts/me", token), { "their accounts are shown": (r) => r.status === 200 });
  const activity = ask("GET", "transactions?limit=20", token, null, { name: "transactions" });
  check(activity, { "their activity is shown": (r) => r.status === 200 });
  const notifications = ask("GET", "notifications?limit=20", token, null, { name: "notifications" });
  check(notifications, { "their notifications are shown": (r) => r.status === 200 });
}

export function mixed(data) {
  // A VU keeps its variables from one iteration to the next, and nobody else sees them.
  me = me || Object.assign({}, data.people[(__VU - 1) % data.people.length]);
  if (Math.random() < 0.3) pay();
  else look();
  sleep(Math.random());
}
