// The people and actions of all scenarios. The scenarios differ only in the number of people. docs/load.md says how to
// run them, and what they leave behind.
// Each VU acts as one person, made before the load starts. At the end the balances are added up: every payment must
// have left its payer and reached its payee, and no money may have come from nowhere. Then the money goes back and the
// accounts are closed.
import http from "k6/http";
import exec from "k6/execution";
import { check, sleep } from "k6";
import { Counter, Trend } from "k6/metrics";

const base = `${__ENV.BASE_URL || "http://localhost:8080"}/api/v1`;
const json = { "Content-Type": "application/json" };
const pin = "2468";
// In paise. What people pay each other is so little that neither the balance nor a limit of a day ends a test.
const given = 1000;
const amount = 1;
const pageSize = 200;
// A service that restarts at the end of a test is back within this many seconds.
const recovery = Number(__ENV.RECOVERY_SECONDS || 300);

export const paymentEnded = new Trend("payment_ended", true);
export const paymentsCompleted = new Counter("payments_completed");
export const paymentsLost = new Counter("payments_lost");
export const moneyWrong = new Counter("money_wrong");
export const moneyChecked = new Counter("money_checked");
export const errors = new Counter("errors");

// The default of k6 is a minute.
export const setupTimeout = "2h";
export const teardownTimeout = "2h";

// An iteration may wait for its payment's end for 35 seconds. k6 ends a scenario's iterations after 30.
export const graceful = { gracefulStop: "1m" };
export const gracefulRamp = { gracefulStop: "1m", gracefulRampDown: "1m" };

// What holds under any load. Each scenario adds the least number of payments: without any payment, all of these hold.
export const correctness = {
  checks: ["rate>0.99"],
  "http_req_failed{kind:api}": ["rate<0.01"],
  "http_req_failed{kind:payment}": ["rate<0.01"],
  payments_lost: ["count==0"],
  money_wrong: ["count==0"],
  money_checked: ["count>=1"],
  errors: ["count==0"],
};

// The objectives of docs/operations.md, for loads that the product must carry. A request that waits for its payment's
// end is timed by payment_ended instead.
export const objectives = {
  ...correctness,
  checks: ["rate>0.999"],
  "http_req_failed{kind:api}": ["rate<0.001"],
  "http_req_duration{kind:api}": ["p(99)<500"],
  payment_ended: ["p(99)<2000"],
};

// A 429 is an answer: nothing was done, and it says when to come back.
http.setResponseCallback(http.expectedStatuses({ min: 200, max: 399 }, 429));

function ask(method, path, token, body, more = {}) {
  const headers = Object.assign({}, json, token ? { Authorization: `Bearer ${token}` } : {}, more.headers);
  const tags = { kind: more.kind || "api", name: more.name || path };
  for (;;) {
    const answer = http.request(method, `${base}/${path}`, body ? JSON.stringify(body) : null, { headers, tags });
    if (answer.status !== 429) return answer;
    sleep(Number(answer.headers["Retry-After"] || 2));
  }
}

const isGood = (answer) => answer.status >= 200 && answer.status <= 299;

// For requests that the run depends on.
function must(method, path, token, body, more = {}) {
  const answer = ask(method, path, token, body, Object.assign({ kind: "setup", name: "setup" }, more));
  if (!isGood(answer)) throw new Error(`${method} ${path}: ${answer.status} ${answer.body}`);
  return answer;
}

const mustAs = (person, method, path, body, more) => must(method, path, tokenOf(person), body, more);

// For the end of a run: the service may still recover from what the run did to it.
function mustSoonAs(person, method, path, body, more) {
  const end = Date.now() + recovery * 1000;
  for (;;) {
    try {
      return mustAs(person, method, path, body, Object.assign({ kind: "end", name: "end" }, more));
    } catch (failure) {
      if (Date.now() > end) throw failure;
      sleep(2);
    }
  }
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

const session = (person) => ({ token: person.token, refreshToken: person.refreshToken, until: person.until });

// The most that act at once, by a scenario's options.
const mostAtOnce = (options) =>
  Math.max(
    ...Object.values(options.scenarios).map(
      ({ vus, stages }) => vus || Math.max(...stages.map(({ target }) => target)),
    ),
  );

// Signs up one person for each VU of the scenario, with ten rupees and a PIN. Each pays the next one here, because the
// first payment to a payee needs a confirmation. Every VU gets a copy of what this returns, so it holds no more than a
// VU needs.
export function makePeople(options) {
  const count = mostAtOnce(options);
  const run = Date.now().toString(36);
  const admin = {
    email: __ENV.ADMIN_EMAIL || "admin@payflow.example",
    password: __ENV.ADMIN_PASSWORD || "payflow-demo-1",
    code: __ENV.ADMIN_CODE,
    refreshToken: __ENV.ADMIN_REFRESH_TOKEN,
  };
  // First, because a code is valid for a minute.
  tokenOf(admin);
  const made = [];
  for (let i = 0; i < count; i++) {
    const handle = `load${run}${i}`;
    const person = { email: `${handle}@load.example`, password: `load-${run}-${i}-password`, handle };
    const form = { email: person.email, password: person.password, name: `Load ${i}`, handle };
    person.account = must("POST", "auth/sign-up", null, form).json("account.id");
    must("PUT", "auth/pin", tokenOf(person), { pin, password: person.password });
    adjust(admin, person.account, given, `${handle}-given`, mustAs);
    made.push(person);
  }
  made.forEach((person, i) => {
    person.payee = made[(i + 1) % count].account;
    const confirmed = must("POST", "auth/confirm", tokenOf(person), Object.assign({ pin }, payment(person)));
    const headers = {
      "Idempotency-Key": `${person.handle}-first`,
      "Payment-Confirmation": confirmed.json("confirmation"),
    };
    must("POST", "transactions", tokenOf(person), payment(person), { headers });
  });
  const people = made.map((person) => ({
    account: person.account,
    payee: person.payee,
    handle: person.handle,
    ...session(person),
  }));
  return { people, admin: session(admin) };
}

function adjust(admin, account, paise, key, ask) {
  const body = { adjustment: rupees(paise), reason: "Load test" };
  const answer = ask(admin, "PUT", `accounts/${account}/balance`, body, { headers: { "Idempotency-Key": key } });
  if (answer.status === 202) throw new Error("This admin has posted the most of a day: a second admin must approve.");
}

const rupees = (paise) => {
  const digits = Math.abs(paise).toString().padStart(3, "0");
  return `${paise < 0 ? "-" : ""}${digits.slice(0, -2)}.${digits.slice(-2)}`;
};

// Digits, never a number with a point: a sum of those is not exact.
const paise = (text) => Number(text.replace(".", ""));

const payment = (person) => ({
  fromAccount: person.account,
  toAccount: person.payee,
  amount: rupees(amount),
  currency: "INR",
});

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
  const isList = (answer) => answer.status === 200 && Array.isArray(answer.json("items"));
  check(ask("GET", "accounts/me", token), { "their accounts are shown": isList });
  const activity = ask("GET", "transactions?limit=20", token, null, { name: "transactions" });
  check(activity, { "their activity is shown": isList });
  const notifications = ask("GET", "notifications?limit=20", token, null, { name: "notifications" });
  check(notifications, { "their notifications are shown": isList });
}

export function mixed(data) {
  if (__VU > data.people.length)
    exec.test.abort(`${data.people.length} people were made, and more act at once: two would share one refresh token.`);
  // A VU keeps its variables from one iteration to the next, and no other VU sees them.
  me = me || Object.assign({}, data.people[__VU - 1]);
  try {
    if (Math.random() < 0.3) pay();
    else look();
  } catch (failure) {
    // Without a pause, a service that fails at once would be asked as fast as this machine can.
    errors.add(1);
    console.error(failure.message);
    sleep(1);
  }
  sleep(Math.random());
}

// The end of every scenario.
export function settle({ people, admin }) {
  const books = people.map((person) => readBooks(person, admin));
  const wrong = [];
  books.forEach((book, i) => {
    const payer = books[(i + people.length - 1) % people.length];
    if (book.balance !== given - book.sent.sum + book.received.sum)
      wrong.push(`${people[i].handle} has ${book.balance}, and the payments make another balance`);
    if (payer.sent.sum !== book.received.sum || payer.sent.count !== book.received.count)
      wrong.push(`${people[i].handle} received ${book.received.count} payments of ${payer.sent.count} sent to them`);
    if (book.pending > 0) wrong.push(`${people[i].handle} has ${book.pending} payments without an end`);
  });
  const sum = books.reduce((total, book) => total + book.balance, 0);
  if (sum !== given * people.length)
    wrong.push(`${people.length} people have ${sum} paise of ${given * people.length}`);
  moneyChecked.add(people.length);
  wrong.forEach((line) => {
    moneyWrong.add(1);
    console.error(line);
  });
  // What is wrong stays as it is, to be looked into.
  if (wrong.length > 0) return;
  people.forEach((person, i) => {
    if (books[i].balance !== 0) adjust(admin, person.account, -books[i].balance, `${person.handle}-back`, mustSoonAs);
    mustSoonAs(admin, "POST", `accounts/${person.account}/close`, { reason: "Load test" });
  });
}

// A person's balance and all their payments, once none of them is on its way.
function readBooks(person, admin) {
  const end = Date.now() + recovery * 1000;
  for (;;) {
    const book = { sent: { sum: 0, count: 0 }, received: { sum: 0, count: 0 }, pending: 0 };
    let cursor = null;
    do {
      const more = cursor ? `&cursor=${encodeURIComponent(cursor)}` : "";
      const page = mustSoonAs(admin, "GET", `transactions/account/${person.account}?limit=${pageSize}${more}`);
      page.json("items").forEach((transaction) => add(book, transaction, person));
      cursor = page.json("nextCursor");
    } while (cursor);
    book.balance = paise(mustSoonAs(admin, "GET", `accounts/${person.account}`).json("balance"));
    if (book.pending === 0 || Date.now() > end) return book;
    sleep(2);
  }
}

function add(book, transaction, person) {
  if (transaction.type !== "transfer") return;
  if (transaction.status === "pending") book.pending++;
  if (transaction.status !== "completed") return;
  const side = transaction.fromAccount === person.account ? book.sent : book.received;
  side.sum += paise(transaction.amount);
  side.count++;
}
