// A product that misbehaves, for the load scripts: node bank.mjs DEFECT listens on a free port, which it prints. It has
// as much of the API as deploy/load asks for.
import { createServer } from "node:http";

const defect = process.argv[2];
const accounts = new Map();
const payments = new Map();
const tokens = new Map();
let number = 0;

const id = () => `id-${++number}`;
const money = (paise) =>
    `${paise < 0 ? "-" : ""}${Math.floor(Math.abs(paise) / 100)}.${String(Math.abs(paise) % 100).padStart(2, "0")}`;
const paise = (text) => Math.round(Number(text) * 100);

function session(account) {
    const [accessToken, refreshToken] = [id(), id()];
    tokens.set(accessToken, account).set(refreshToken, account);
    return { accessToken, refreshToken, expiresIn: 300 };
}

function move(from, to, amount) {
    accounts.get(from).balance -= amount;
    if (defect === "keeps the money") return;
    accounts.get(to).balance += defect === "credits too much" ? amount + 1 : amount;
}

function pay({ fromAccount, toAccount, amount, currency }) {
    const status = defect === "never ends a payment" && payments.size > 3 ? "pending" : "completed";
    const payment = { id: id(), type: "transfer", status, fromAccount, toAccount, amount, currency };
    payments.set(payment.id, payment);
    if (status === "completed") move(fromAccount, toAccount, paise(amount));
    return payment;
}

function list(account) {
    const all = [...payments.values()].filter(
        ({ fromAccount, toAccount }) => fromAccount === account || toAccount === account,
    );
    return defect === "forgets a payment" ? all.filter(({ toAccount }, i) => i !== 1 || toAccount !== account) : all;
}

const routes = [
    [
        "POST",
        /^auth\/sign-up$/,
        () => {
            const account = id();
            accounts.set(account, { balance: 0, isClosed: false });
            return [201, { account: { id: account } }];
        },
    ],
    ["POST", /^auth\/sign-in$/, ({ body }) => [200, session(body.email)]],
    [
        "POST",
        /^auth\/refresh$/,
        ({ body }) => [200, tokens.has(body.refreshToken) ? session(tokens.get(body.refreshToken)) : {}],
    ],
    ["PUT", /^auth\/pin$/, () => [204, null]],
    ["POST", /^auth\/confirm$/, () => [200, { confirmation: id() }]],
    [
        "PUT",
        /^accounts\/(.+)\/balance$/,
        ({ body, match }) => {
            accounts.get(match[1]).balance += paise(body.adjustment);
            return [200, {}];
        },
    ],
    [
        "POST",
        /^accounts\/(.+)\/close$/,
        ({ match }) => {
            const account = accounts.get(match[1]);
            if (account.balance !== 0) return [409, {}];
            account.isClosed = true;
            return [200, {}];
        },
    ],
    ["POST", /^transactions$/, ({ body }) => [200, pay(body)]],
    ["GET", /^transactions\/account\/(.+)$/, ({ match }) => [200, { items: list(match[1]), nextCursor: null }]],
    ["GET", /^transactions\/(id-.+)$/, ({ match }) => [200, payments.get(match[1])]],
    ["GET", /^accounts\/(id-.+)$/, ({ match }) => [200, { balance: money(accounts.get(match[1]).balance) }]],
    ["GET", /^(accounts\/me|transactions|notifications)$/, () => [200, { items: [] }]],
];

let asked = 0;
createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const path = new URL(request.url, "http://bank").pathname.replace("/api/v1/", "");
    if (path === "open") return response.end(String([...accounts.values()].filter(({ isClosed }) => !isClosed).length));
    const isRead = request.method === "GET" && /^(accounts\/me|notifications)$/.test(path);
    if (isRead && defect === "fails now and then" && ++asked % 20 === 0) return response.writeHead(500).end("{}");
    if (isRead && defect === "answers with a page") return response.writeHead(200).end("<html>");
    if (path !== "open" && defect === "is busy" && ++asked % 3 === 0)
        return response.writeHead(429, { "Retry-After": "0" }).end("{}");
    if (path === "transactions" && defect === "pays with a page") return response.writeHead(200).end("<html>");
    for (const [method, pattern, answer] of routes) {
        const match = request.method === method && path.match(pattern);
        if (!match) continue;
        const text = Buffer.concat(chunks).toString();
        const [status, body] = answer({ body: text ? JSON.parse(text) : null, match });
        return response
            .writeHead(status, { "Content-Type": "application/json" })
            .end(body === null ? "" : JSON.stringify(body));
    }
    response.writeHead(404).end("{}");
}).listen(0, "127.0.0.1", function () {
    console.log(this.address().port);
});
