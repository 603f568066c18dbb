using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace PayFlow.EndToEnd.Tests;

/// <summary>Accounts over HTTP against the running product: real PostgreSQL, real processes.</summary>
public sealed class AccountsTests(OnInMemoryKafka payflow) : IClassFixture<SharedInMemoryKafka>
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    private readonly Wallet _wallet = new(payflow);

    [Fact]
    public async Task The_sample_people_have_their_money_when_it_says_ready()
    {
        Assert.Equal("5000.00", payflow.BalancesAtReady["@vikram"]);
        Assert.Equal("2500.00", payflow.BalancesAtReady["@chaipoint"]);
        Assert.Equal("0.00", payflow.BalancesAtReady["@admin"]);
        await AssertBalancedAsync();
    }

    [Fact]
    public async Task An_account_opens_empty_and_is_found_by_id_and_number()
    {
        var account = await OpenAsync();
        Assert.Equal("0.00", account.GetProperty("balance").GetString());
        var byNumber = await GetAsync($"/accounts/number/{account.GetProperty("accountNumber").GetString()}");
        Assert.Equal(account.GetProperty("id").GetGuid(), byNumber.GetProperty("id").GetGuid());
    }

    [Fact]
    public async Task One_person_opens_one_account_a_currency_even_with_ten_at_once()
    {
        var person = await _wallet.OpenAsync();
        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 10)
                .Select(_ =>
                    _wallet.SendAsync(
                        HttpMethod.Post,
                        "accounts",
                        person.Token,
                        JsonContent.Create(new { currency = "USD" })
                    )
                )
        );
        Assert.Equal(1, answers.Count(answer => answer.StatusCode == HttpStatusCode.Created));
        Assert.Equal(9, answers.Count(answer => answer.StatusCode == HttpStatusCode.Conflict));
    }

    [Fact]
    public async Task An_adjustment_posts_once_a_key_and_a_changed_body_is_refused()
    {
        var id = (await OpenAsync()).GetProperty("id").GetGuid();
        using var first = await AdjustAsync(id, "\"25.50\"", "key-1");
        using var again = await AdjustAsync(id, "25.5", "\"key-1\"");
        using var changed = await AdjustAsync(id, "\"26\"", "key-1");
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        Assert.Equal("true", again.Headers.GetValues("Idempotency-Replayed").Single());
        await AssertProblemAsync(changed, HttpStatusCode.UnprocessableEntity, "idempotency_key_reused");
        Assert.Equal("25.50", (await GetAsync($"/accounts/{id}/balance")).GetProperty("balance").GetString());
        Assert.Single((await GetAsync($"/accounts/{id}/entries")).GetProperty("items").EnumerateArray());
        await AssertBalancedAsync();
    }

    [Fact]
    public async Task Fifty_adjustments_at_once_under_one_key_post_once()
    {
        var id = (await OpenAsync()).GetProperty("id").GetGuid();
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => AdjustAsync(id, "\"1.00\"", "fifty")));
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.Equal("1.00", (await GetAsync($"/accounts/{id}/balance")).GetProperty("balance").GetString());
        await AssertBalancedAsync();
    }

    [Fact]
    public async Task More_than_there_is_cannot_be_taken_and_the_key_stays_free()
    {
        var id = (await OpenAsync()).GetProperty("id").GetGuid();
        using var refused = await AdjustAsync(id, "\"-1.00\"", "overdraft");
        await AssertProblemAsync(refused, HttpStatusCode.UnprocessableEntity, "insufficient_funds");
        (await AdjustAsync(id, "\"5.00\"", "funds")).EnsureSuccessStatusCode();
        (await AdjustAsync(id, "\"-1.00\"", "overdraft")).EnsureSuccessStatusCode();
        Assert.Equal("4.00", (await GetAsync($"/accounts/{id}/balance")).GetProperty("balance").GetString());
    }

    [Fact]
    public async Task A_frozen_account_takes_credits_only_and_an_empty_one_closes_for_good()
    {
        var id = (await OpenAsync()).GetProperty("id").GetGuid();
        (await AdjustAsync(id, "\"5.00\"", "a")).EnsureSuccessStatusCode();
        (await ChangeAsync(id, "freeze")).EnsureSuccessStatusCode();
        await AssertProblemAsync(
            await AdjustAsync(id, "\"-5.00\"", "b"),
            HttpStatusCode.UnprocessableEntity,
            "account_frozen"
        );
        (await AdjustAsync(id, "\"1.00\"", "c")).EnsureSuccessStatusCode();
        await AssertProblemAsync(await ChangeAsync(id, "close"), HttpStatusCode.Conflict, "account_state");
        (await ChangeAsync(id, "unfreeze")).EnsureSuccessStatusCode();
        (await AdjustAsync(id, "\"-6.00\"", "d")).EnsureSuccessStatusCode();
        (await ChangeAsync(id, "close")).EnsureSuccessStatusCode();
        await AssertProblemAsync(
            await AdjustAsync(id, "\"1.00\"", "e"),
            HttpStatusCode.UnprocessableEntity,
            "account_closed"
        );
        await AssertProblemAsync(await ChangeAsync(id, "unfreeze"), HttpStatusCode.Conflict, "account_state");
    }

    [Fact]
    public async Task Who_was_frozen_by_an_admin_cannot_close_the_account_and_open_another()
    {
        var wallet = new Wallet(payflow);
        var person = await wallet.OpenAsync();
        await wallet.ChangeAsync(person, "freeze");
        await AssertProblemAsync(
            await wallet.SendAsync(
                HttpMethod.Post,
                $"accounts/{person.Account}/close",
                person.Token,
                JsonContent.Create(new { reason = "test" })
            ),
            HttpStatusCode.Conflict,
            "account_state"
        );
        await wallet.ChangeAsync(person, "close");
    }

    [Theory]
    [InlineData("{", "malformed_request")]
    [InlineData("[]", "malformed_request")]
    [InlineData("{}", "malformed_request")]
    [InlineData("{\"currency\":7}", "malformed_request")]
    [InlineData("{\"currency\":null}", "malformed_request")]
    [InlineData("{\"currency\":\"INR\",\"balance\":\"100.00\"}", "malformed_request")]
    [InlineData("{\"currency\":\"rupees\"}", "validation")]
    [InlineData("{\"currency\":\"'; drop table accounts; --\"}", "validation")]
    public async Task Bad_bodies_are_problems_of_a_stable_type(string body, string code)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var answer = await Accounts().PostAsync(new Uri("/accounts", UriKind.Relative), content, Cancel);
        await AssertProblemAsync(answer, HttpStatusCode.BadRequest, code);
    }

    [Fact]
    public async Task Oversized_bodies_and_bad_addresses_are_problems_too()
    {
        using var huge = new StringContent(
            "{\"currency\":\"" + new string('x', 100_000) + "\"}",
            System.Text.Encoding.UTF8,
            "application/json"
        );
        await AssertProblemAsync(
            await Accounts().PostAsync(new Uri("/accounts", UriKind.Relative), huge, Cancel),
            HttpStatusCode.RequestEntityTooLarge,
            "payload_too_large"
        );
        await AssertProblemAsync(
            await Accounts().GetAsync(new Uri("/accounts/not-a-guid", UriKind.Relative), Cancel),
            HttpStatusCode.BadRequest,
            "malformed_request"
        );
        await AssertProblemAsync(
            await Accounts().GetAsync(new Uri($"/accounts/{Guid.Empty}", UriKind.Relative), Cancel),
            HttpStatusCode.NotFound,
            "account_not_found"
        );
        await AssertProblemAsync(
            await Accounts().GetAsync(new Uri("/accounts?cursor=zz", UriKind.Relative), Cancel),
            HttpStatusCode.BadRequest,
            "invalid_cursor"
        );
        await AssertProblemAsync(
            await Accounts().GetAsync(new Uri("/accounts?cursor=%01zz", UriKind.Relative), Cancel),
            HttpStatusCode.BadRequest,
            "validation"
        );
        await AssertProblemAsync(
            await Accounts()
                .GetAsync(new Uri("/internal/accounts/resolve?to=@asha&currency=INR", UriKind.Relative), Cancel),
            HttpStatusCode.Unauthorized,
            "unauthorized"
        );
        await AssertProblemAsync(
            await Accounts().GetAsync(new Uri("/nothing", UriKind.Relative), Cancel),
            HttpStatusCode.NotFound,
            "not_found"
        );
    }

    [Fact]
    public async Task A_past_balance_is_known_and_the_future_is_not()
    {
        var id = (await OpenAsync()).GetProperty("id").GetGuid();
        (await AdjustAsync(id, "\"3.00\"", "past")).EnsureSuccessStatusCode();
        Assert.Equal(
            "0.00",
            (await GetAsync($"/accounts/{id}/balance?at=2020-01-01T00:00:00Z")).GetProperty("balance").GetString()
        );
        await AssertProblemAsync(
            await Accounts()
                .GetAsync(new Uri($"/accounts/{id}/balance?at=2999-01-01T00:00:00Z", UriKind.Relative), Cancel),
            HttpStatusCode.BadRequest,
            "validation"
        );
    }

    private static async Task AssertProblemAsync(HttpResponseMessage answer, HttpStatusCode status, string code)
    {
        var body = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.True(answer.StatusCode == status, $"{answer.StatusCode}: {body}");
        var problem = JsonDocument.Parse(body).RootElement;
        Assert.Equal(code, problem.GetProperty("code").GetString());
        Assert.Equal("urn:payflow:problem:" + code, problem.GetProperty("type").GetString());
        Assert.NotEmpty(problem.GetProperty("traceId").GetString()!);
    }

    private HttpClient Accounts() => payflow.Accounts;

    private async Task<JsonElement> OpenAsync() => await GetAsync($"/accounts/{(await _wallet.OpenAsync()).Account}");

    private async Task<JsonElement> GetAsync(string path) =>
        await Accounts().GetFromJsonAsync<JsonElement>(path, Cancel);

    private async Task<HttpResponseMessage> AdjustAsync(Guid id, string amount, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, $"/accounts/{id}/balance");
        // The admin's keys are of all accounts.
        request.Headers.TryAddWithoutValidation(
            "Idempotency-Key",
            key.Trim('"') == key ? $"{key}-{id}" : $"\"{key.Trim('"')}-{id}\""
        );
        request.Content = new StringContent(
            $"{{\"adjustment\":{amount},\"reason\":\"test\"}}",
            System.Text.Encoding.UTF8,
            "application/json"
        );
        return await Accounts().SendAsync(request, Cancel);
    }

    private Task<HttpResponseMessage> ChangeAsync(Guid id, string action) =>
        Accounts().PostAsJsonAsync($"/accounts/{id}/{action}", new { reason = "test" }, Cancel);

    private async Task AssertBalancedAsync() =>
        Assert.True((await GetAsync("/ledger/trial-balance")).GetProperty("balanced").GetBoolean());
}
