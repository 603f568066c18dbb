using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace PayFlow.EndToEnd.Tests;

/// <summary>An account of a person that no other test knows.</summary>
public sealed record Person(Guid Account, Guid Owner, string Number, string Handle);

/// <summary>What a client does with the API, in the words of the tests.</summary>
public sealed class Wallet(RunningPayFlow payflow)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public HttpClient Api => payflow.Api;

    public static string NewKey() => Random.Shared.NextInt64().ToString("x", CultureInfo.InvariantCulture);

    public async Task<Person> OpenAsync(string balance = "0", string currency = "INR")
    {
        var name = "t" + NewKey();
        using var answer = await Api.PostAsJsonAsync("accounts", new { holderName = $"Test {name}", email = $"{name}@test.example", currency, handle = name }, Cancel);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var account = await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        var person = new Person(account.GetProperty("id").GetGuid(), account.GetProperty("ownerId").GetGuid(), account.GetProperty("accountNumber").GetString()!, "@" + name);
        if (balance != "0") (await AdjustAsync(person, balance)).EnsureSuccessStatusCode();
        return person;
    }

    public async Task<HttpResponseMessage> AdjustAsync(Person person, string amount, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, $"accounts/{person.Account}/balance") { Content = JsonContent.Create(new { adjustment = amount, reason = "test" }) };
        request.Headers.TryAddWithoutValidation("Idempotency-Key", key ?? NewKey());
        return await Api.SendAsync(request, Cancel);
    }

    public async Task ChangeAsync(Person person, string action) => (await Api.PostAsJsonAsync($"accounts/{person.Account}/{action}", new { reason = "test" }, Cancel)).EnsureSuccessStatusCode();

    public Task<HttpResponseMessage> SendAsync(Person from, object to, object amount, string? key = null, string currency = "INR", string? note = null, DateTimeOffset? expiresAt = null, int? wait = null) =>
        PostAsync(JsonSerializer.Serialize(new { fromAccount = from.Account, toAccount = to, amount, currency, note, expiresAt }), key ?? NewKey(), wait);

    public async Task<HttpResponseMessage> PostAsync(string body, string? key, int? wait = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "transactions") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (key is not null) request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        if (wait is not null) request.Headers.TryAddWithoutValidation("Prefer", $"wait={wait}");
        return await Api.SendAsync(request, Cancel);
    }

    /// <summary>Sends and waits for the end.</summary>
    public async Task<JsonElement> PayAsync(Person from, object to, object amount, string currency = "INR", string? note = null, DateTimeOffset? expiresAt = null)
    {
        using var answer = await SendAsync(from, to, amount, currency: currency, note: note, expiresAt: expiresAt, wait: 10);
        var body = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{answer.StatusCode}: {body}");
        return JsonElement.Parse(body);
    }

    public async Task<JsonElement> GetAsync(string path)
    {
        using var answer = await Api.GetAsync(new Uri(path, UriKind.Relative), Cancel);
        var body = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {answer.StatusCode}: {body}");
        return JsonElement.Parse(body);
    }

    public async Task<string> BalanceAsync(Person person) => (await GetAsync($"accounts/{person.Account}/balance")).GetProperty("balance").GetString()!;

    public async Task<List<JsonElement>> HistoryAsync(Person person, string filter = "") => await AllAsync($"transactions/account/{person.Account}", filter);

    public async Task<List<JsonElement>> NotificationsAsync(Person person) => await AllAsync("notifications", $"recipient={person.Owner}");

    /// <summary>All pages of a list.</summary>
    public async Task<List<JsonElement>> AllAsync(string path, string filter = "", int limit = 200)
    {
        var items = new List<JsonElement>();
        string? cursor = null;
        do
        {
            var page = await GetAsync($"{path}?limit={limit}&{filter}{(cursor is null ? "" : "&cursor=" + cursor)}");
            items.AddRange(page.GetProperty("items").EnumerateArray());
            cursor = page.GetProperty("nextCursor").GetString();
        }
        while (cursor is not null);
        return items;
    }

    /// <summary>Asks until it holds: at the true edges, where another process has to catch up.</summary>
    public static async Task EventuallyAsync(Func<Task> assertion)
    {
        var started = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(25));
        while (true)
        {
            try
            {
                await assertion();
                return;
            }
            catch (Exception notYet) when (Stopwatch.GetElapsedTime(started) < Patience && notYet is Xunit.Sdk.IAssertionException or HttpRequestException)
            {
                await timer.WaitForNextTickAsync(Cancel);
            }
        }
    }

    public static async Task<JsonElement> AssertProblemAsync(HttpResponseMessage answer, HttpStatusCode status, string code)
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

    /// <summary>I1 over everything there is.</summary>
    public async Task AssertBalancedAsync()
    {
        var balance = await GetAsync("ledger/trial-balance");
        Assert.True(balance.GetProperty("balanced").GetBoolean(), balance.ToString());
    }

    /// <summary>I6 and I1 of one account: entries 1..n without gap, each balance the one before and the amount; I7: its activity sums to its balance.</summary>
    public async Task AssertDenseAsync(Person person)
    {
        var entries = await AllAsync($"accounts/{person.Account}/entries");
        entries.Reverse();
        var balance = 0m;
        for (var i = 0; i < entries.Count; i++)
        {
            Assert.Equal(i + 1, entries[i].GetProperty("entrySeq").GetInt64());
            balance += decimal.Parse(entries[i].GetProperty("amount").GetString()!, CultureInfo.InvariantCulture);
            Assert.Equal(balance, decimal.Parse(entries[i].GetProperty("balance").GetString()!, CultureInfo.InvariantCulture));
        }

        Assert.Equal(balance, decimal.Parse(await BalanceAsync(person), CultureInfo.InvariantCulture));
        Assert.True(balance >= 0, "I2: overdrawn");
        await EventuallyAsync(async () =>
        {
            var activity = (await HistoryAsync(person, "status=completed")).Sum(item =>
                decimal.Parse(item.GetProperty("amount").GetString()!, CultureInfo.InvariantCulture) * (item.GetProperty("toAccount").GetGuid() == person.Account ? 1 : -1));
            Assert.Equal(balance, activity);
        });
    }
}
