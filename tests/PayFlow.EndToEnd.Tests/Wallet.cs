using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Npgsql;

namespace PayFlow.EndToEnd.Tests;

/// <summary>What a client does with the API, in the words of the tests.</summary>
public sealed class Wallet(RunningPayFlow payflow)
{
    public const string Password = "a wallet for tests";

    /// <summary>
    /// Tells what never comes from what is slow: a service that was killed starts again on processors that others use
    /// too.
    /// </summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(250);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public HttpClient Api => payflow.Api;

    public static string NewKey() => Random.Shared.NextInt64().ToString("x", CultureInfo.InvariantCulture);

    public async Task<Person> OpenAsync(string balance = "0", string currency = "INR", string? called = null)
    {
        var name = "t" + NewKey();
        var email = $"{name}@test.example";
        await ReadAsync(
            await payflow.Accounts.PostAsJsonAsync(
                "/auth/sign-up",
                new
                {
                    email,
                    password = Password,
                    name = called ?? $"Test {name}",
                    handle = name,
                },
                Cancel
            ),
            HttpStatusCode.Created
        );
        var token = await payflow.SignInAsync(email, Password);
        if (currency != "INR")
            await ReadAsync(
                await SendAsync(HttpMethod.Post, "accounts", token, JsonContent.Create(new { currency })),
                HttpStatusCode.Created
            );
        var mine = await ReadAsync(await SendAsync(HttpMethod.Get, "accounts/me", token), HttpStatusCode.OK);
        var account = mine.GetProperty("items")
            .EnumerateArray()
            .Single(item => item.GetProperty("currency").GetString() == currency);
        var person = new Person(
            account.GetProperty("id").GetGuid(),
            account.GetProperty("ownerId").GetGuid(),
            account.GetProperty("accountNumber").GetString()!,
            "@" + name,
            email,
            token
        );
        if (balance != "0")
            (await AdjustAsync(person, balance)).EnsureSuccessStatusCode();
        return person;
    }

    public async Task<HttpResponseMessage> AdjustAsync(
        Person person,
        string amount,
        string? key = null,
        AuthenticationHeaderValue? token = null
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, $"accounts/{person.Account}/balance")
        {
            Content = JsonContent.Create(new { adjustment = amount, reason = "test" }),
        };
        request.Headers.Authorization = token;
        request.Headers.TryAddWithoutValidation("Idempotency-Key", key ?? NewKey());
        return await Api.SendAsync(request, Cancel);
    }

    /// <summary>The token of <see cref="AdminAsync"/>.</summary>
    public async Task<AuthenticationHeaderValue> AnotherAdminAsync() => (await AdminAsync()).Token;

    /// <summary>
    /// Somebody new that is an admin as the configuration makes them: nobody asked for it, so that no other admin is
    /// tied to them. The route that makes an admin by two is for tests of that route.
    /// </summary>
    public async Task<Person> AdminAsync()
    {
        var person = await OpenAsync();
        await ExecuteAsync("update users set roles = array['admin', 'customer'] where party_id = $1", person);
        return person with { Token = await payflow.SignInAsync(person.Email, Password) };
    }

    /// <summary>Counts the address as verified, as the code of an e-mail does.</summary>
    public async Task<Person> VerifiedAsync(Person person)
    {
        await ExecuteAsync("update users set email_confirmed = true where party_id = $1", person);
        return person;
    }

    /// <summary>Changes one row of Accounts, for what no route does: <c>$1</c> is the person's party.</summary>
    public async Task ExecuteAsync(string sql, Person person)
    {
        await using var database = NpgsqlDataSource.Create(payflow.Database("accountsdb"));
        await using var command = database.CreateCommand(sql);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = person.Owner });
        Assert.Equal(1, await command.ExecuteNonQueryAsync(Cancel));
    }

    /// <summary>Reads one value of Accounts; <c>$1</c> is the person's party.</summary>
    public async Task<T> ScalarAsync<T>(string sql, Person person)
    {
        await using var database = NpgsqlDataSource.Create(payflow.Database("accountsdb"));
        await using var command = database.CreateCommand(sql);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = person.Owner });
        return (T)(await command.ExecuteScalarAsync(Cancel))!;
    }

    public async Task ChangeAsync(Person person, string action) =>
        (
            await Api.PostAsJsonAsync($"accounts/{person.Account}/{action}", new { reason = "test" }, Cancel)
        ).EnsureSuccessStatusCode();

    /// <summary>Asks for a payment, and confirms it where that is asked for, as a client does.</summary>
    public async Task<HttpResponseMessage> SendAsync(
        Person from,
        object to,
        object amount,
        string? key = null,
        string currency = "INR",
        string? note = null,
        DateTimeOffset? expiresAt = null,
        int? wait = null,
        string path = "transactions"
    )
    {
        var (body, under) = (
            JsonSerializer.Serialize(
                new
                {
                    fromAccount = from.Account,
                    toAccount = to,
                    amount,
                    currency,
                    note,
                    expiresAt,
                }
            ),
            key ?? NewKey()
        );
        var answer = await InsistAsync(() => PostAsync(body, under, wait, from.Token, path: path));
        if (answer.StatusCode != HttpStatusCode.Forbidden)
            return answer;
        await answer.Content.LoadIntoBufferAsync(Cancel);
        var problem = JsonElement.Parse(await answer.Content.ReadAsStringAsync(Cancel));
        if (problem.GetProperty("code").GetString() != "confirmation_required")
            return answer;
        answer.Dispose();
        var confirmation = await payflow.Confirmations.SignAsync(from, problem);
        return await InsistAsync(() => PostAsync(body, under, wait, from.Token, confirmation, path));
    }

    /// <summary>
    /// As a client does that is asked to come again in a moment: a service may not have heard yet of what was opened
    /// just now.
    /// </summary>
    private static async Task<HttpResponseMessage> InsistAsync(Func<Task<HttpResponseMessage>> ask)
    {
        var started = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (true)
        {
            var answer = await ask();
            if (
                answer.StatusCode != HttpStatusCode.ServiceUnavailable
                || answer.Headers.RetryAfter is null
                || Stopwatch.GetElapsedTime(started) > Timeout
            )
                return answer;
            answer.Dispose();
            await timer.WaitForNextTickAsync(Cancel);
        }
    }

    /// <param name="token">The admin's unless told.</param>
    public async Task<HttpResponseMessage> PostAsync(
        string body,
        string? key,
        int? wait = null,
        AuthenticationHeaderValue? token = null,
        string? confirmation = null,
        string path = "transactions"
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        request.Headers.Authorization = token;
        if (key is not null)
            request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        if (confirmation is not null)
            request.Headers.TryAddWithoutValidation("Payment-Confirmation", confirmation);
        if (wait is not null)
            request.Headers.TryAddWithoutValidation("Prefer", $"wait={wait}");
        return await Api.SendAsync(request, Cancel);
    }

    /// <summary>Sends and waits for the end: as long as the product does, and where that is over, by looking.</summary>
    public async Task<JsonElement> PayAsync(
        Person from,
        object to,
        object amount,
        string currency = "INR",
        string? note = null,
        DateTimeOffset? expiresAt = null
    )
    {
        using var answer = await SendAsync(
            from,
            to,
            amount,
            currency: currency,
            note: note,
            expiresAt: expiresAt,
            wait: 10
        );
        return await EndAsync(answer);
    }

    /// <summary>Sets an amount aside for a payee, and waits until the ledger has decided on it.</summary>
    public async Task<JsonElement> HoldAsync(
        Person from,
        object to,
        object amount,
        string? note = null,
        DateTimeOffset? expiresAt = null
    )
    {
        using var answer = await SendAsync(from, to, amount, note: note, expiresAt: expiresAt, wait: 10, path: "holds");
        return await EndAsync(answer);
    }

    /// <summary>The transaction that a payment made, once it has ended.</summary>
    public async Task<JsonElement> EndAsync(HttpResponseMessage payment)
    {
        var body = await payment.Content.ReadAsStringAsync(Cancel);
        Assert.True(
            payment.StatusCode is HttpStatusCode.OK or HttpStatusCode.Accepted,
            $"{payment.StatusCode}: {body}"
        );
        var transaction = JsonElement.Parse(body);
        if (payment.StatusCode == HttpStatusCode.OK)
            return transaction;
        await EventuallyAsync(async () =>
            Assert.NotEqual(
                JsonValueKind.Null,
                (transaction = await GetAsync($"transactions/{transaction.GetProperty("id").GetGuid()}"))
                    .GetProperty("endedAt")
                    .ValueKind
            )
        );
        return transaction;
    }

    /// <summary>Asks as this person, or as the admin, who reads everything.</summary>
    public async Task<JsonElement> GetAsync(string path, Person? person = null) =>
        await ReadAsync(await InsistAsync(() => SendAsync(HttpMethod.Get, path, person?.Token)), HttpStatusCode.OK);

    /// <param name="token">The admin's unless told.</param>
    public async Task<HttpResponseMessage> SendAsync(
        HttpMethod method,
        string path,
        AuthenticationHeaderValue? token = null,
        HttpContent? content = null
    )
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        request.Headers.Authorization = token;
        return await Api.SendAsync(request, Cancel);
    }

    public async Task<string> BalanceAsync(Person person) =>
        (await GetAsync($"accounts/{person.Account}/balance", person)).GetProperty("balance").GetString()!;

    public async Task<List<JsonElement>> HistoryAsync(Person person, string filter = "") =>
        await AllAsync($"transactions/account/{person.Account}", filter, person: person);

    /// <summary>
    /// The adjustment that a person's first balance came by. The ledger has it at once, the activity a moment later.
    /// </summary>
    public async Task<JsonElement> OpeningAsync(Person person)
    {
        List<JsonElement> adjustments = [];
        await EventuallyAsync(async () => Assert.Single(adjustments = await HistoryAsync(person, "type=adjustment")));
        return adjustments[0];
    }

    public async Task<List<JsonElement>> NotificationsAsync(Person person) =>
        await AllAsync("notifications", person: person);

    /// <summary>All pages of a list.</summary>
    public async Task<List<JsonElement>> AllAsync(
        string path,
        string filter = "",
        int limit = 200,
        Person? person = null
    )
    {
        var items = new List<JsonElement>();
        string? cursor = null;
        do
        {
            var page = await GetAsync(
                $"{path}?limit={limit}&{filter}{(cursor is null ? "" : "&cursor=" + cursor)}",
                person
            );
            items.AddRange(page.GetProperty("items").EnumerateArray());
            cursor = page.GetProperty("nextCursor").GetString();
        } while (cursor is not null);
        return items;
    }

    public static async Task<JsonElement> ReadAsync(HttpResponseMessage answer, HttpStatusCode expected)
    {
        using (answer)
        {
            var body = await answer.Content.ReadAsStringAsync(Cancel);
            Assert.True(
                answer.StatusCode == expected,
                $"{answer.RequestMessage?.RequestUri}: {answer.StatusCode}: {body}"
            );
            return body.Length == 0 ? default : JsonElement.Parse(body);
        }
    }

    /// <summary>Asks until it holds: at the true edges, where another process has to catch up.</summary>
    /// <param name="timeout">How long, where that is what is promised; otherwise until a hang is certain.</param>
    public static async Task EventuallyAsync(Func<Task> assertion, TimeSpan? timeout = null)
    {
        var started = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(ShortestPause);
        while (true)
        {
            try
            {
                await assertion();
                return;
            }
            catch (Exception)
                when (Stopwatch.GetElapsedTime(started) < (timeout ?? Timeout) && !Cancel.IsCancellationRequested)
            {
                // Whatever is in the way at an edge (an assertion, a connection, a broker that is busy) may be gone at
                // the next look.
                await timer.WaitForNextTickAsync(Cancel);
                // A part that starts takes long, and each look at it takes processor time from its start.
                if (timeout is null && timer.Period < LongestPause)
                    timer.Period *= 1.2;
            }
        }
    }

    public static async Task<JsonElement> AssertProblemAsync(
        HttpResponseMessage answer,
        HttpStatusCode status,
        string code
    )
    {
        var body = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.True(answer.StatusCode == status, $"{answer.StatusCode}: {body}");
        var problem = JsonElement.Parse(body);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal(code, problem.GetProperty("code").GetString());
        Assert.Equal("urn:payflow:problem:" + code, problem.GetProperty("type").GetString());
        Assert.NotEmpty(problem.GetProperty("traceId").GetString()!);
        return problem;
    }

    /// <param name="says">A part of what the answer tells the client.</param>
    public static async Task AssertRefusedAsync(
        HttpResponseMessage answer,
        string code,
        string says,
        HttpStatusCode status = HttpStatusCode.Conflict
    )
    {
        var problem = await AssertProblemAsync(answer, status, code);
        Assert.Contains(says, problem.GetProperty("detail").GetString()!, StringComparison.Ordinal);
    }

    /// <summary>The person has one notification of the transaction, of this kind and with these parts.</summary>
    public Task AssertToldAsync(Person person, Guid transaction, string kind, string title, string body) =>
        EventuallyAsync(async () =>
        {
            var told = Assert.Single(
                await NotificationsAsync(person),
                note =>
                    note.GetProperty("transactionId").ValueKind == JsonValueKind.String
                    && note.GetProperty("transactionId").GetGuid() == transaction
            );
            Assert.Equal(kind, told.GetProperty("kind").GetString());
            Assert.Contains(title, told.GetProperty("title").GetString()!, StringComparison.Ordinal);
            Assert.Contains(body, told.GetProperty("body").GetString()!, StringComparison.Ordinal);
        });

    /// <summary>I1 over everything there is.</summary>
    public async Task AssertBalancedAsync()
    {
        var balance = await GetAsync("ledger/trial-balance");
        Assert.True(balance.GetProperty("balanced").GetBoolean(), balance.ToString());
    }

    /// <summary>
    /// I6 and I1 of one account: entries 1..n without gap, each balance the one before and the amount; I7: its activity
    /// sums to its balance.
    /// </summary>
    public async Task AssertDenseAsync(Person person)
    {
        var entries = await AllAsync($"accounts/{person.Account}/entries", person: person);
        entries.Reverse();
        var balance = 0m;
        for (var i = 0; i < entries.Count; i++)
        {
            Assert.Equal(i + 1, entries[i].GetProperty("entrySeq").GetInt64());
            balance += decimal.Parse(entries[i].GetProperty("amount").GetString()!, CultureInfo.InvariantCulture);
            Assert.Equal(
                balance,
                decimal.Parse(entries[i].GetProperty("balance").GetString()!, CultureInfo.InvariantCulture)
            );
        }

        Assert.Equal(balance, decimal.Parse(await BalanceAsync(person), CultureInfo.InvariantCulture));
        Assert.True(balance >= 0, "I2: overdrawn");
        await EventuallyAsync(async () =>
        {
            var activity = (await HistoryAsync(person, "status=completed")).Sum(item =>
                decimal.Parse(item.GetProperty("amount").GetString()!, CultureInfo.InvariantCulture)
                * (item.GetProperty("toAccount").GetGuid() == person.Account ? 1 : -1)
            );
            Assert.Equal(balance, activity);
        });
    }
}
