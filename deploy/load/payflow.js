// What the scenarios share: people with money, and what they do. The same for all; only how many do it at once differs.
//   k6 run -e BASE_URL=https://wallet.example -e ADMIN_PASSWORD=… deploy/load/load.js
import http from "k6/http";
import { check, sleep } from "k6";
import { Counter, Trend } from "k6/metrics";

const base = `${__ENV.BASE_URL || "http://localhost:8080"}/api/v1`;
const json = { "Content-Type": "application/json" };
const people = Number(__ENV.PEOPLE || 50);

export const paymentEnded = new Trend("payment_ended", true);
export const paymentsLost = new Counter("payments_lost");

// The objectives of docs/operations.md. A request that waits for its payment's end is timed by payment_ended instead.
export const thresholds = {
  "http_req_failed{kind:api}": ["rate<0.001"],
  "http_req_duration{kind:api}": ["p(99)<500"],
  payment_ended: ["p(99)<2000"],
  payments_lost: ["count==0"],
  checks: ["rate>0.999"],
};

function ask(method, path, token, body, more = {}) {
  const headers = Object.assign({}, json, token ? { Authorization: `Bearer ${token}` } : {}, more.headers);
  return http.request(method, `${base}/${path}`, body ? JSON.stringify(body) : null, { headers, tags: { kind: more.kind || "api", name: more.name || path } });
}

function signIn(email, password) {
  const answer = ask("POST", "auth/sign-in", null, { email, password }, { kind: "setup" });
  if (answer.status !== 200) throw new Error(`${email} cannot sign in: ${answer.status} ${answer.body}`);
  return answer.json("accessToken");
}

// Signs people up and gives each 10,000 rupees. Signing up is limited per address: where the limit is small, this waits.
export function setup() {
  const run = Date.now().toString(36);
  const admin = signIn(__ENV.ADMIN_EMAIL || "admin@payflow.example", __ENV.ADMIN_PASSWORD || "payflow-demo-1");
  const made = [];
  for (let i = 0; i < people; i++) {
    const handle = `load${run}${i}`;
    const person = { email: `${handle}@load.example`, password: `load-${run}-${i}-password`, name: `Load ${i}`, handle };
    let answer;
    do {
      answer = ask("POST", "auth/sign-up", null, person, { kind: "setup" });
      if (answer.status === 429) sleep(Number(answer.headers["Retry-After"] || 2));
    } while (answer.status === 429);
    if (answer.status !== 201) throw new Error(`${handle} cannot sign up: ${answer.status} ${answer.body}`);
    person.token = signIn(person.email, person.password);
    person.account = ask("GET", "accounts/me", person.token, null, { kind: "setup" }).json("items.0.id");
    ask("PUT", `accounts/${person.account}/balance`, admin, { adjustment: "10000.00", reason: "Load test" }, { kind: "setup", headers: { "Idempotency-Key": handle } });
    made.push(person);
  }
  return { people: made };
}

// An access token lasts five minutes.
const tokens = {};
function tokenOf(person) {
  const known = tokens[person.handle];
  if (known && known.until > Date.now()) return known.token;
  const token = signIn(person.email, person.password);
  tokens[person.handle] = { token, until: Date.now() + 240000 };
  return token;
}

// One person pays another and waits for the end; the answer says that it ended, or the payment is asked for until it has.
export function pay(data) {
  const from = data.people[Math.floor(Math.random() * data.people.length)];
  const to = data.people[(data.people.indexOf(from) + 1) % data.people.length];
  const token = tokenOf(from);
  const started = Date.now();
  const answer = ask("POST", "transactions", token, { fromAccount: from.account, toAccount: to.account, amount: "1.00", currency: "INR" }, {
    kind: "payment", headers: { "Idempotency-Key": `${from.handle}-${__VU}-${__ITER}`, Prefer: "wait=5" },
  });
  if (!check(answer, { "the payment is taken": (r) => r.status === 200 || r.status === 202 })) return;
  let transaction = answer.json();
  for (let i = 0; transaction.status === "pending" && i < 60; i++) {
    sleep(0.5);
    transaction = ask("GET", `transactions/${transaction.id}`, token, null, { name: "transactions/{id}" }).json();
  }
  if (transaction.status === "pending") paymentsLost.add(1);
  else paymentEnded.add(Date.now() - started);
}

// What people do most: look.
export function look(data) {
  const person = data.people[Math.floor(Math.random() * data.people.length)];
  const token = tokenOf(person);
  check(ask("GET", "accounts/me", token), { "their accounts are shown": (r) => r.status === 200 });
  check(ask("GET", "transactions?limit=20", token, null, { name: "transactions" }), { "their activity is shown": (r) => r.status === 200 });
  check(ask("GET", "notifications?limit=20", token, null, { name: "notifications" }), { "their notifications are shown": (r) => r.status === 200 });
}

export function mixed(data) {
  if (Math.random() < 0.3) pay(data);
  else look(data);
  sleep(Math.random());
}
