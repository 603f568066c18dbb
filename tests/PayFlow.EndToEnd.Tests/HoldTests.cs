using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace PayFlow.EndToEnd.Tests;

/// <summary>Amounts that are set aside: captured whole, in parts and at once, released, and expired.</summary>
public sealed class HoldTests(OnInMemoryKafka payflow) : IClassFixture<SharedInMemoryKafka>, IAsyncLifetime
{
    private readonly Wallet _wallet = new(payflow);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>The books are clean after each of them.</summary>
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _wallet.AssertBalancedAsync();
    }

    [Fact]
    public async Task A_hold_is_captured_in_parts_and_both_see_it()
    {
        var (payer, payee) = (await _wallet.OpenAsync("100.00"), await _wallet.OpenAsync());
        var made = await _wallet.HoldAsync(payer, payee.Account, "60.00", "Table for six");
        var hold = Id(made);

        Assert.Equal(("hold", "completed"), (Text(made, "type"), Text(made, "status")));
        await AssertMoneyAsync(payer, balance: "100.00", held: "60.00", available: "40.00");
        await AssertHoldAsync(hold, "open", captured: "0.00", left: "60.00");
        await AssertToldAsync(payer, hold, "You set aside ₹60.00", "Table for six");
        await AssertToldAsync(payee, hold, "set aside ₹60.00 for you", "Table for six");
        Assert.Equal(hold, Id(Assert.Single(await ListAsync(payer, "payer"))));
        Assert.Equal(hold, Id(Assert.Single(await ListAsync(payee, "payee", "open"))));
        Assert.Empty(await ListAsync(payee, "payer"));

        var part = await _wallet.EndAsync(await CaptureAsync(payee, hold, "45.50", note: "Dinner"));
        Assert.Equal(("capture", "completed"), (Text(part, "type"), Text(part, "status")));
        Assert.Equal(hold, part.GetProperty("originalId").GetGuid());
        await AssertMoneyAsync(payer, balance: "54.50", held: "14.50", available: "40.00");
        await AssertHoldAsync(hold, "open", captured: "45.50", left: "14.50");
        await AssertToldAsync(payer, Id(part), "collected ₹45.50", "Dinner");
        await AssertToldAsync(payee, Id(part), "You collected ₹45.50", "Dinner");

        var rest = await _wallet.EndAsync(await CaptureAsync(payee, hold));
        Assert.Equal("14.50", Text(rest, "amount"));
        await AssertHoldAsync(hold, "captured", captured: "60.00", left: "0.00");
        await AssertMoneyAsync(payer, balance: "40.00", held: "0.00", available: "40.00");
        await AssertMoneyAsync(payee, balance: "60.00", held: "0.00", available: "60.00");
        await Wallet.AssertRefusedAsync(await CaptureAsync(payee, hold, "0.01"), "hold_ended", "new one");
        await Wallet.AssertRefusedAsync(await VoidAsync(payee, hold), "hold_ended", "Refund");
        // The activity adds up to the balance, so only captures are in it.
        foreach (var person in new[] { payer, payee })
        {
            var history = await _wallet.HistoryAsync(person);
            Assert.Equal([Id(rest), Id(part)], history.Where(item => Text(item, "type") != "adjustment").Select(Id));
        }

        Assert.Equal(hold, Id(Assert.Single(await _wallet.HistoryAsync(payer, "&type=hold"))));
    }

    [Fact]
    public async Task Captures_at_the_same_moment_never_exceed_the_hold()
    {
        var (payer, payee) = (await _wallet.OpenAsync("200.00"), await _wallet.OpenAsync());
        var hold = Id(await _wallet.HoldAsync(payer, payee.Account, "100.00"));
        await Wallet.AssertRefusedAsync(await CaptureAsync(payee, hold, "100.01"), "hold_exceeded", "₹100.00");

        var answers = await Task.WhenAll(Enumerable.Range(0, 25).Select(_ => CaptureAsync(payee, hold, "10.00")));

        Assert.Equal(10, answers.Count(answer => answer.StatusCode is HttpStatusCode.Accepted or HttpStatusCode.OK));
        Assert.Equal(15, answers.Count(answer => answer.StatusCode == HttpStatusCode.Conflict));
        foreach (var accepted in answers.Where(answer => answer.StatusCode != HttpStatusCode.Conflict))
            Assert.Equal("completed", Text(await _wallet.EndAsync(accepted), "status"));
        await AssertHoldAsync(hold, "captured", captured: "100.00", left: "0.00");
        await AssertMoneyAsync(payer, balance: "100.00", held: "0.00", available: "100.00");
    }

    [Fact]
    public async Task What_the_payee_releases_is_available_again_and_counts_for_no_limit()
    {
        var (payer, payee) = (await _wallet.OpenAsync("100.00"), await _wallet.OpenAsync());
        var hold = Id(await _wallet.HoldAsync(payer, payee.Account, "60.00"));
        await _wallet.EndAsync(await CaptureAsync(payee, hold, "20.00"));
        Assert.Equal("60.00", await UsedTodayAsync(payer));

        var released = await _wallet.EndAsync(await VoidAsync(payee, hold));
        Assert.Equal(("release", "40.00"), (Text(released, "type"), Text(released, "amount")));
        await AssertHoldAsync(hold, "released", captured: "20.00", left: "0.00");
        await AssertMoneyAsync(payer, balance: "80.00", held: "0.00", available: "80.00");
        Assert.Equal("20.00", await UsedTodayAsync(payer));
        await AssertToldAsync(payer, Id(released), "₹40.00", "Nothing more");
        await AssertToldAsync(payer, Id(released), "available to you again", "");
        await Wallet.AssertRefusedAsync(await VoidAsync(payee, hold), "hold_ended", "new one");
        await Wallet.AssertRefusedAsync(await CaptureAsync(payee, hold), "hold_ended", "new one");
    }

    [Fact]
    public async Task A_capture_and_a_release_at_the_same_moment_leave_nothing_held()
    {
        var (payer, payee) = (await _wallet.OpenAsync("100.00"), await _wallet.OpenAsync());
        var hold = Id(await _wallet.HoldAsync(payer, payee.Account, "50.00"));

        await Task.WhenAll(
            Enumerable.Range(0, 8).Select(i => i % 2 == 0 ? CaptureAsync(payee, hold, "10.00") : VoidAsync(payee, hold))
        );
        await Wallet.EventuallyAsync(async () =>
        {
            using var late = await VoidAsync(payee, hold);
            Assert.Equal("0.00", Text(await _wallet.GetAsync($"holds/{hold}"), "left"));
        });

        var captured = Text(await _wallet.GetAsync($"holds/{hold}"), "captured");
        Assert.Equal(captured, await _wallet.BalanceAsync(payee));
        Assert.Equal("0.00", Text(await _wallet.GetAsync($"accounts/{payer.Account}", payer), "held"));
    }

    [Fact]
    public async Task A_hold_expires_by_itself()
    {
        var (payer, payee) = (await _wallet.OpenAsync("100.00"), await _wallet.OpenAsync());
        var expiresAt = TimeProvider.System.GetUtcNow().AddSeconds(3);
        var hold = Id(await _wallet.HoldAsync(payer, payee.Account, "60.00", expiresAt: expiresAt));
        await AssertHoldAsync(hold, "open", captured: "0.00", left: "60.00");
        await _wallet.EndAsync(await CaptureAsync(payee, hold, "10.00"));

        await Wallet.EventuallyAsync(() => AssertHoldAsync(hold, "expired", captured: "10.00", left: "0.00"));
        Assert.True(TimeProvider.System.GetUtcNow() >= expiresAt);
        await AssertMoneyAsync(payer, balance: "90.00", held: "0.00", available: "90.00");
        await Wallet.AssertRefusedAsync(await CaptureAsync(payee, hold, "10.00"), "hold_ended", "expired");
    }

    [Fact]
    public async Task Only_the_payee_captures_and_releases()
    {
        var (payer, payee, stranger) = (
            await _wallet.OpenAsync("100.00"),
            await _wallet.OpenAsync(),
            await _wallet.OpenAsync()
        );
        var hold = Id(await _wallet.HoldAsync(payer, payee.Account, "60.00"));
        await Wallet.AssertRefusedAsync(
            await CaptureAsync(payer, hold),
            "not_the_payee",
            "expiry",
            HttpStatusCode.Forbidden
        );
        await Wallet.AssertRefusedAsync(
            await VoidAsync(payer, hold),
            "not_the_payee",
            "expiry",
            HttpStatusCode.Forbidden
        );
        await Wallet.AssertRefusedAsync(
            await CaptureAsync(stranger, hold),
            "hold_not_found",
            "id",
            HttpStatusCode.NotFound
        );
        await Wallet.AssertRefusedAsync(
            await VoidAsync(stranger, hold),
            "hold_not_found",
            "id",
            HttpStatusCode.NotFound
        );
        using var look = await _wallet.SendAsync(HttpMethod.Get, $"holds/{hold}", stranger.Token);
        Assert.Equal(HttpStatusCode.NotFound, look.StatusCode);
        using var close = await _wallet.SendAsync(
            HttpMethod.Post,
            $"accounts/{payer.Account}/close",
            payer.Token,
            JsonContent.Create(new { reason = "test" })
        );
        Assert.Equal(HttpStatusCode.Conflict, close.StatusCode);
    }

    [Fact]
    public async Task What_was_held_is_captured_from_a_frozen_payer_and_nothing_else_is()
    {
        var (payer, payee) = (await _wallet.OpenAsync("100.00"), await _wallet.OpenAsync());
        var hold = Id(await _wallet.HoldAsync(payer, payee.Account, "60.00"));
        await _wallet.ChangeAsync(payer, "freeze");
        Assert.Equal("completed", Text(await _wallet.EndAsync(await CaptureAsync(payee, hold, "25.00")), "status"));
        Assert.Equal("completed", Text(await _wallet.EndAsync(await VoidAsync(payee, hold)), "status"));
        Assert.Equal("account_frozen", Text(await _wallet.HoldAsync(payer, payee.Account, "1.00"), "failureReason"));
        await AssertMoneyAsync(payer, balance: "75.00", held: "0.00", available: "75.00");
    }

    [Fact]
    public async Task A_capture_into_a_closed_account_fails_for_its_payee_alone()
    {
        var (payer, payee) = (await _wallet.OpenAsync("100.00"), await _wallet.OpenAsync());
        var hold = Id(await _wallet.HoldAsync(payer, payee.Account, "60.00"));
        await _wallet.ChangeAsync(payee, "close");

        var failed = await _wallet.EndAsync(await CaptureAsync(payee, hold, "25.00"));

        Assert.Equal("recipient_unavailable", Text(failed, "failureReason"));
        await AssertToldAsync(payee, Id(failed), "was not collected", "");
        Assert.Equal(Id(failed), Id(await _wallet.GetAsync($"transactions/{Id(failed)}", payee)));
        await AssertMoneyAsync(payer, balance: "100.00", held: "60.00", available: "40.00");
        await _wallet.EndAsync(await VoidAsync(payee, hold));
        await AssertMoneyAsync(payer, balance: "100.00", held: "0.00", available: "100.00");
    }

    [Fact]
    public async Task A_hold_without_the_money_fails()
    {
        var (payer, payee) = (await _wallet.OpenAsync("100.00"), await _wallet.OpenAsync());
        await _wallet.HoldAsync(payer, payee.Account, "60.00");
        var failed = await _wallet.HoldAsync(payer, payee.Account, "40.01");
        Assert.Equal("insufficient_funds", Text(failed, "failureReason"));
        await AssertHoldAsync(Id(failed), "failed", captured: "0.00", left: "0.00");
        await AssertToldAsync(payer, Id(failed), "was not set aside", "still available");
        // What is held cannot be sent either.
        Assert.Equal(
            "insufficient_funds",
            Text(await _wallet.PayAsync(payer, payee.Account, "40.01"), "failureReason")
        );
        using var look = await _wallet.SendAsync(HttpMethod.Get, $"holds/{Id(failed)}", payee.Token);
        Assert.Equal(HttpStatusCode.NotFound, look.StatusCode);
    }

    [Fact]
    public async Task A_repeated_request_takes_effect_once()
    {
        var (payer, payee) = (await _wallet.OpenAsync("100.00"), await _wallet.OpenAsync());
        var key = Wallet.NewKey();
        var first = await HoldAgainAsync();
        Assert.Equal(Id(first), Id(await HoldAgainAsync()));
        var hold = Id(first);
        var (capture, release) = (Wallet.NewKey(), Wallet.NewKey());
        var captured = await _wallet.EndAsync(await CaptureAsync(payee, hold, "10.00", capture));
        Assert.Equal(Id(captured), Id(await _wallet.EndAsync(await CaptureAsync(payee, hold, "10.00", capture))));
        await Wallet.AssertRefusedAsync(
            await CaptureAsync(payee, hold, "11.00", capture),
            "idempotency_key_reused",
            "new key",
            HttpStatusCode.UnprocessableEntity
        );
        var released = await _wallet.EndAsync(await VoidAsync(payee, hold, release));
        Assert.Equal(Id(released), Id(await _wallet.EndAsync(await VoidAsync(payee, hold, release))));
        await AssertMoneyAsync(payer, balance: "90.00", held: "0.00", available: "90.00");

        async Task<JsonElement> HoldAgainAsync() =>
            await _wallet.EndAsync(await _wallet.SendAsync(payer, payee.Account, "30.00", key, path: "holds"));
    }

    [Fact]
    public async Task A_capture_is_refunded_as_a_payment_is()
    {
        var (payer, payee) = (await _wallet.OpenAsync("100.00"), await _wallet.OpenAsync());
        var hold = Id(await _wallet.HoldAsync(payer, payee.Account, "60.00"));
        var capture = Id(await _wallet.EndAsync(await CaptureAsync(payee, hold, "30.00")));
        await _wallet.EndAsync(await PostAsync(payee, $"transactions/{capture}/refunds", new { amount = "12.00" }));
        Assert.Equal("12.00", Text(await _wallet.GetAsync($"transactions/{capture}"), "refundedAmount"));
        await AssertMoneyAsync(payer, balance: "82.00", held: "30.00", available: "52.00");
        await Wallet.AssertRefusedAsync(
            await PostAsync(payee, $"transactions/{hold}/refunds", new { amount = "1.00" }),
            "not_refundable",
            "payment"
        );
    }

    [Theory]
    [InlineData("amount", "0", null)]
    [InlineData("amount", "1.001", null)]
    [InlineData("expiresAt", "1", -1)]
    [InlineData("expiresAt", "1", 31)]
    public async Task A_wrong_field_is_named(string field, string amount, int? days)
    {
        var (payer, payee) = (await _wallet.OpenAsync("10.00"), await _wallet.OpenAsync());
        var now = TimeProvider.System.GetUtcNow();
        DateTimeOffset? expiresAt = days is { } ahead ? now.AddDays(ahead).AddMinutes(1) : null;
        using var answer = await _wallet.SendAsync(payer, payee.Account, amount, expiresAt: expiresAt, path: "holds");
        var problem = await Wallet.ReadAsync(answer, HttpStatusCode.BadRequest);
        Assert.Equal(field, Assert.Single(problem.GetProperty("errors").EnumerateObject()).Name);
    }

    private static Guid Id(JsonElement item) => item.GetProperty("id").GetGuid();

    private static string? Text(JsonElement item, string field) => item.GetProperty(field).GetString();

    private Task<HttpResponseMessage> CaptureAsync(
        Person by,
        Guid hold,
        string? amount = null,
        string? key = null,
        string? note = null
    ) => PostAsync(by, $"holds/{hold}/capture", new { amount, note }, key);

    private Task<HttpResponseMessage> VoidAsync(Person by, Guid hold, string? key = null) =>
        PostAsync(by, $"holds/{hold}/void", new { }, key);

    private async Task<HttpResponseMessage> PostAsync(Person by, string path, object body, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        request.Headers.Authorization = by.Token;
        request.Headers.TryAddWithoutValidation("Idempotency-Key", key ?? Wallet.NewKey());
        request.Headers.TryAddWithoutValidation("Prefer", "wait=10");
        return await _wallet.Api.SendAsync(request, Cancel);
    }

    private async Task<List<JsonElement>> ListAsync(Person by, string side, string? status = null) =>
        [
            .. (await _wallet.GetAsync($"holds?side={side}{(status is null ? "" : "&status=" + status)}", by))
                .GetProperty("items")
                .EnumerateArray(),
        ];

    private async Task<string?> UsedTodayAsync(Person person) =>
        Text(
            (await _wallet.GetAsync($"limits?account={person.Account}", person))
                .GetProperty("items")[0]
                .GetProperty("day"),
            "used"
        );

    private async Task AssertHoldAsync(Guid hold, string status, string captured, string left)
    {
        var shown = await _wallet.GetAsync($"holds/{hold}");
        Assert.Equal((status, captured, left), (Text(shown, "status"), Text(shown, "captured"), Text(shown, "left")));
    }

    private async Task AssertMoneyAsync(Person person, string balance, string held, string available)
    {
        var account = await _wallet.GetAsync($"accounts/{person.Account}", person);
        Assert.Equal(
            (balance, held, available),
            (Text(account, "balance"), Text(account, "held"), Text(account, "available"))
        );
    }

    private Task AssertToldAsync(Person person, Guid transaction, string title, string body) =>
        _wallet.AssertToldAsync(person, transaction, "hold", title, body);
}
