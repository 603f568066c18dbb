using System.Globalization;
using System.Net;
using System.Text.Json;
using static PayFlow.EndToEnd.Tests.Wallet;

namespace PayFlow.EndToEnd.Tests;

/// <summary>
/// How much one may send: counted when a payment is accepted, given back when it fails, shown before it bites.
/// </summary>
public sealed class LimitsTests(OnInMemoryKafka payflow) : IClassFixture<SharedInMemoryKafka>
{
    private readonly Wallet _wallet = new(payflow);

    [Fact]
    public async Task Limits_are_shown_as_they_stand_and_are_ones_own()
    {
        var (payer, payee) = (await _wallet.OpenAsync("100.00"), await _wallet.OpenAsync());
        await _wallet.PayAsync(payer, payee.Account, "60.50");
        var limits = Assert.Single(
            (await _wallet.GetAsync($"limits?account={payer.Account}", payer)).GetProperty("items").EnumerateArray()
        );
        Assert.Equal(
            (payer.Account, "INR", "Asia/Kolkata", "5000.00"),
            (
                limits.GetProperty("accountId").GetGuid(),
                Text(limits, "currency"),
                Text(limits, "timeZone"),
                Text(limits, "confirmAbove")
            )
        );
        Assert.Equal(("10000.00", null, "10000.00", null), Read(limits, "transaction"));
        var (day, month) = (Read(limits, "day"), Read(limits, "month"));
        Assert.Equal(("20000.00", "60.50", "19939.50"), (day.Amount, day.Used, day.Left));
        Assert.Equal(("100000.00", "60.50", "99939.50"), (month.Amount, month.Used, month.Left));
        var now = TimeProvider.System.GetUtcNow();
        Assert.InRange(day.ResetsAt!.Value, now, now.AddDays(1));
        Assert.Equal((0, 0, 0), (day.ResetsAt.Value.Hour, day.ResetsAt.Value.Minute, month.ResetsAt!.Value.Hour));
        Assert.Equal((TimeSpan.FromHours(5.5), 1), (day.ResetsAt.Value.Offset, month.ResetsAt.Value.Day));
        Assert.Equal(
            payer.Account,
            Assert
                .Single((await _wallet.GetAsync("limits", payer)).GetProperty("items").EnumerateArray())
                .GetProperty("accountId")
                .GetGuid()
        );
        // Not even the admin's: what somebody else may send is not in this token.
        foreach (var other in new[] { payee.Token, null })
            await AssertProblemAsync(
                await _wallet.SendAsync(HttpMethod.Get, $"limits?account={payer.Account}", other),
                HttpStatusCode.NotFound,
                "account_not_found"
            );
    }

    [Fact]
    public async Task A_payment_above_a_limit_is_refused_with_the_remaining_amount_and_a_replay_is_answered()
    {
        var (payer, payee) = (await _wallet.OpenAsync("30000.00"), await _wallet.OpenAsync());
        var atOnce = await AssertProblemAsync(
            await _wallet.SendAsync(payer, payee.Account, "10000.01"),
            HttpStatusCode.UnprocessableEntity,
            "limit_exceeded"
        );
        Assert.Equal(
            ("transaction", "10000.00", "10000.00", "INR"),
            (Text(atOnce, "period"), Text(atOnce, "limit"), Text(atOnce, "left"), Text(atOnce, "currency"))
        );
        Assert.Equal("The limit for a single payment is ₹10,000.00.", Text(atOnce, "detail"));
        var key = NewKey();
        var first = await ReadAsync(
            await _wallet.SendAsync(payer, payee.Account, "10000.00", key),
            HttpStatusCode.Accepted
        );
        await _wallet.PayAsync(payer, payee.Account, "9000.00");
        var today = await AssertProblemAsync(
            await _wallet.SendAsync(payer, payee.Account, "1000.01"),
            HttpStatusCode.UnprocessableEntity,
            "limit_exceeded"
        );
        Assert.Equal(
            ("day", "20000.00", "1000.00"),
            (Text(today, "period"), Text(today, "limit"), Text(today, "left"))
        );
        Assert.StartsWith(
            "Your daily limit is ₹20,000.00. You can send ₹1,000.00 more until ",
            Text(today, "detail"),
            StringComparison.Ordinal
        );
        Assert.Equal(TimeSpan.FromHours(5.5), today.GetProperty("resetsAt").GetDateTimeOffset().Offset);
        // The key was not used up by the refusal, and the first one's still stands for its payment.
        using var again = await _wallet.SendAsync(payer, payee.Account, "10000.00", key);
        Assert.Equal("true", again.Headers.GetValues("Idempotency-Replayed").Single());
        Assert.Equal(
            first.GetProperty("id").GetGuid(),
            JsonElement
                .Parse(await again.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))
                .GetProperty("id")
                .GetGuid()
        );
        Assert.Equal(2, (await _wallet.HistoryAsync(payer)).Count(item => Text(item, "type") == "transfer"));
        await _wallet.PayAsync(payer, payee.Account, "1000.00");
    }

    [Fact]
    public async Task Of_two_hundred_payments_at_once_the_days_limit_lets_in_what_fits_and_no_more()
    {
        var (payer, payee) = (await _wallet.OpenAsync("25000.00"), await _wallet.OpenAsync());
        await _wallet.PayAsync(payer, payee.Account, "50.00");
        var keys = Enumerable.Range(0, 200).Select(_ => NewKey()).ToList();
        var answers = await Task.WhenAll(keys.Select(key => _wallet.SendAsync(payer, payee.Account, "150.00", key)));
        // 50 + 133 × 150 = 20,000: not one more, and not one less.
        Assert.Equal(133, answers.Count(answer => answer.StatusCode == HttpStatusCode.Accepted));
        foreach (var refused in answers.Where(answer => answer.StatusCode != HttpStatusCode.Accepted))
            await AssertProblemAsync(refused, HttpStatusCode.UnprocessableEntity, "limit_exceeded");
        await EventuallyAsync(async () =>
            Assert.DoesNotContain(await _wallet.HistoryAsync(payer), item => Text(item, "status") == "pending")
        );
        Assert.Equal("5000.00", await _wallet.BalanceAsync(payer));
        var limits = Assert.Single((await _wallet.GetAsync("limits", payer)).GetProperty("items").EnumerateArray());
        Assert.Equal(("20000.00", "0.00"), (Read(limits, "day").Used, Read(limits, "day").Left));
    }

    [Fact]
    public async Task What_the_ledger_refuses_is_given_back_however_many_come_at_once()
    {
        var (payer, payee) = (await _wallet.OpenAsync("9050.00"), await _wallet.OpenAsync());
        await _wallet.PayAsync(payer, payee.Account, "50.00");
        // The money is there for 60 of them. Some fail while others are still judged, so how many are let in depends on
        // the moment.
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 200).Select(_ => _wallet.SendAsync(payer, payee.Account, "150.00", NewKey()))
        );
        Assert.InRange(answers.Count(answer => answer.StatusCode == HttpStatusCode.Accepted), 133, 200);
        foreach (var refused in answers.Where(answer => answer.StatusCode != HttpStatusCode.Accepted))
            await AssertProblemAsync(refused, HttpStatusCode.UnprocessableEntity, "limit_exceeded");
        await EventuallyAsync(async () =>
            Assert.DoesNotContain(await _wallet.HistoryAsync(payer), item => Text(item, "status") == "pending")
        );
        Assert.Equal("0.00", await _wallet.BalanceAsync(payer));
        var limits = Assert.Single((await _wallet.GetAsync("limits", payer)).GetProperty("items").EnumerateArray());
        Assert.Equal(("9050.00", "10950.00"), (Read(limits, "day").Used, Read(limits, "day").Left));
        Assert.Equal(("9050.00", "90950.00"), (Read(limits, "month").Used, Read(limits, "month").Left));
        await _wallet.AssertDenseAsync(payer);
    }

    [Fact]
    public async Task A_key_is_its_callers_whichever_account_pays()
    {
        var (payer, payee) = (await _wallet.OpenAsync("10.00", "USD"), await _wallet.OpenAsync("10.00"));
        var rupees = (await _wallet.GetAsync("accounts/me", payer))
            .GetProperty("items")
            .EnumerateArray()
            .Single(item => Text(item, "currency") == "INR")
            .GetProperty("id")
            .GetGuid();
        var key = NewKey();
        await ReadAsync(
            await _wallet.SendAsync(payer with { Account = rupees }, payee.Account, "1.00", key),
            HttpStatusCode.Accepted
        );
        await AssertProblemAsync(
            await _wallet.SendAsync(payer, payee.Account, "1.00", key),
            HttpStatusCode.UnprocessableEntity,
            "idempotency_key_reused"
        );
        // Somebody else's key of the same name is another one.
        await ReadAsync(await _wallet.SendAsync(payee, rupees, "1.00", key), HttpStatusCode.Accepted);
    }

    private static string? Text(JsonElement of, string name) => of.GetProperty(name).GetString();

    private static (string? Amount, string? Used, string? Left, DateTimeOffset? ResetsAt) Read(
        JsonElement limits,
        string period
    )
    {
        var limit = limits.GetProperty(period);
        return (
            Text(limit, "amount"),
            Text(limit, "used"),
            Text(limit, "left"),
            Text(limit, "resetsAt") is { } at ? DateTimeOffset.Parse(at, CultureInfo.InvariantCulture) : null
        );
    }
}
