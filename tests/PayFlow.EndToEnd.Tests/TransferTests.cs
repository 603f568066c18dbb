using System.Net;
using System.Text.Json;

namespace PayFlow.EndToEnd.Tests;

/// <summary>
/// Money from wallet to wallet through HTTP, both services and the broker, with every way it can be refused.
/// </summary>
public abstract class TransferTests(RunningPayFlow payflow) : IAsyncDisposable
{
    private readonly Wallet _wallet = new(payflow);

    /// <summary>The books are clean after each of them.</summary>
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _wallet.AssertBalancedAsync();
    }

    [Fact]
    public async Task Money_arrives_with_its_timeline_on_both_sides_and_everyone_is_told_once()
    {
        var (asha, neha) = (await _wallet.OpenAsync("100.00"), await _wallet.OpenAsync());
        using var answer = await _wallet.SendAsync(asha, neha.Account, "25.50", note: "chai ☕");
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        var accepted = JsonElement.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        var id = accepted.GetProperty("id").GetGuid();
        Assert.Equal($"/api/v1/transactions/{id}", answer.Headers.Location?.ToString());
        Assert.Equal("pending", accepted.GetProperty("status").GetString());

        JsonElement ended = default;
        await Wallet.EventuallyAsync(async () =>
            Assert.Equal(
                "completed",
                (ended = await _wallet.GetAsync($"transactions/{id}")).GetProperty("status").GetString()
            )
        );
        Assert.Equal(
            ["initiated", "debited", "credited", "completed"],
            ended.GetProperty("timeline").EnumerateArray().Select(step => step.GetProperty("step").GetString()!)
        );
        var times = ended
            .GetProperty("timeline")
            .EnumerateArray()
            .Select(step => step.GetProperty("at").GetDateTimeOffset())
            .ToList();
        Assert.Equal(times.Order(), times);
        Assert.Equal(("74.50", "25.50"), (await _wallet.BalanceAsync(asha), await _wallet.BalanceAsync(neha)));
        await _wallet.AssertDenseAsync(asha);
        await _wallet.AssertDenseAsync(neha);
        await AssertToldAsync(asha, id, "money_sent", "25.50");
        await AssertToldAsync(neha, id, "money_received", "25.50");
    }

    [Fact]
    public async Task A_payee_is_named_by_id_number_or_handle()
    {
        var (payer, payee) = (await _wallet.OpenAsync("10.00"), await _wallet.OpenAsync());
        foreach (
            var name in new object[] { payee.Account, payee.Number, payee.Handle, payee.Handle.ToUpperInvariant() }
        )
        {
            Assert.Equal(payee.Account, (await _wallet.PayAsync(payer, name, "1")).GetProperty("toAccount").GetGuid());
        }

        Assert.Equal("4.00", await _wallet.BalanceAsync(payee));
    }

    [Fact]
    public async Task Without_enough_money_it_fails_and_only_the_payer_sees_it()
    {
        var (payer, payee) = (await _wallet.OpenAsync("10.00"), await _wallet.OpenAsync());
        var failed = await AssertFailsAsync(payer, payee, "10.01", "insufficient_funds");
        Assert.Contains(await _wallet.HistoryAsync(payer), item => item.GetProperty("id").GetGuid() == failed);
        Assert.Empty(await _wallet.HistoryAsync(payee));
        await AssertToldAsync(payer, failed, "payment_failed", "10.01");
        Assert.DoesNotContain(
            await _wallet.NotificationsAsync(payee),
            note => note.GetProperty("kind").GetString() == "payment_failed"
        );
        Assert.Equal("10.00", await _wallet.BalanceAsync(payer));
    }

    [Fact]
    public async Task The_last_paisa_can_be_sent() =>
        Assert.Equal(
            "completed",
            (await _wallet.PayAsync(await _wallet.OpenAsync("10.00"), (await _wallet.OpenAsync()).Account, "10.00"))
                .GetProperty("status")
                .GetString()
        );

    [Fact]
    public async Task A_frozen_payer_cannot_send_and_a_frozen_payee_still_receives()
    {
        var (payer, payee) = (await _wallet.OpenAsync("10.00"), await _wallet.OpenAsync("10.00"));
        await _wallet.ChangeAsync(payee, "freeze");
        Assert.Equal(
            "completed",
            (await _wallet.PayAsync(payer, payee.Account, "1.00")).GetProperty("status").GetString()
        );
        await AssertFailsAsync(payee, payer, "1.00", "account_frozen");
    }

    [Fact]
    public async Task A_closed_account_neither_pays_nor_receives_and_its_state_is_its_own()
    {
        var (open, closed) = (await _wallet.OpenAsync("10.00"), await _wallet.OpenAsync());
        await _wallet.ChangeAsync(closed, "close");
        await AssertFailsAsync(open, closed, "1.00", "recipient_unavailable");
        await AssertFailsAsync(closed, open, "1.00", "account_closed");
    }

    [Fact]
    public async Task What_comes_after_its_expiry_is_refused_by_the_ledger() =>
        await AssertFailsAsync(
            await _wallet.OpenAsync("10.00"),
            await _wallet.OpenAsync(),
            "1.00",
            "expired",
            expiresAt: new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero)
        );

    [Fact]
    public async Task Another_currency_than_the_accounts_is_refused_by_the_ledger()
    {
        var (rupees, dollars) = (await _wallet.OpenAsync("10.00"), await _wallet.OpenAsync("10.00", "USD"));
        await AssertFailsAsync(rupees, dollars, "1.00", "currency_mismatch");
        await AssertFailsAsync(dollars, rupees, "1.00", "currency_mismatch", "USD");
    }

    [Fact]
    public async Task Unknown_accounts_are_turned_away_at_the_door()
    {
        var known = await _wallet.OpenAsync("10.00");
        var nobody = known with { Account = new Guid("01990000-0000-7000-8000-000000000000") };
        foreach (var payee in new object[] { nobody.Account, "100000000003", "@no_such_handle", "neha" })
        {
            await Wallet.AssertProblemAsync(
                await _wallet.SendAsync(known, payee, "1.00"),
                HttpStatusCode.NotFound,
                "account_not_found"
            );
        }

        await Wallet.AssertProblemAsync(
            await _wallet.SendAsync(nobody, known.Account, "1.00"),
            HttpStatusCode.NotFound,
            "account_not_found"
        );
        Assert.DoesNotContain(
            await _wallet.HistoryAsync(known),
            item => item.GetProperty("type").GetString() == "transfer"
        );
    }

    [Fact]
    public async Task Paying_oneself_is_turned_away_by_whatever_name()
    {
        var self = await _wallet.OpenAsync("10.00");
        foreach (var name in new object[] { self.Account, self.Number, self.Handle })
        {
            await Wallet.AssertProblemAsync(
                await _wallet.SendAsync(self, name, "1.00"),
                HttpStatusCode.BadRequest,
                "same_account"
            );
        }
    }

    [Theory]
    [InlineData("0")]
    [InlineData("0.00")]
    [InlineData("-1")]
    [InlineData("0.001")]
    [InlineData("1.000")]
    [InlineData("1e3")]
    [InlineData("1,000.00")]
    [InlineData(" 1")]
    [InlineData("")]
    [InlineData("NaN")]
    [InlineData("1000000000000000000")]
    [InlineData("99999999999999999999999999999")]
    public async Task An_amount_that_is_none_is_turned_away(string amount)
    {
        var (payer, payee) = (await _wallet.OpenAsync("10.00"), await _wallet.OpenAsync());
        var problem = await Wallet.AssertProblemAsync(
            await _wallet.SendAsync(payer, payee.Account, amount),
            HttpStatusCode.BadRequest,
            "validation"
        );
        Assert.True(problem.GetProperty("errors").TryGetProperty("amount", out _));
    }

    [Fact]
    public async Task The_largest_amount_that_a_number_holds_is_above_every_limit() =>
        await Wallet.AssertProblemAsync(
            await _wallet.SendAsync(
                await _wallet.OpenAsync("10.00"),
                (await _wallet.OpenAsync()).Account,
                "92233720368547758.07"
            ),
            HttpStatusCode.UnprocessableEntity,
            "limit_exceeded"
        );

    [Fact]
    public async Task A_replay_gets_the_same_transaction_in_its_present_state_and_a_changed_body_is_refused()
    {
        var (payer, payee) = (await _wallet.OpenAsync("10.00"), await _wallet.OpenAsync());
        var key = Wallet.NewKey();
        using var first = await _wallet.SendAsync(payer, payee.Account, "4.00", key);
        using var again = await _wallet.SendAsync(payer, payee.Account, 4, $"\"{key}\"", wait: 10);
        using var changed = await _wallet.SendAsync(payer, payee.Account, "4.01", key);
        Assert.False(first.Headers.Contains("Idempotency-Replayed"));
        Assert.Equal("true", again.Headers.GetValues("Idempotency-Replayed").Single());
        Assert.Equal("wait=10", again.Headers.GetValues("Preference-Applied").Single());
        var (one, two) = (await ReadAsync(first), await _wallet.EndAsync(again));
        Assert.Equal(one.GetProperty("id").GetGuid(), two.GetProperty("id").GetGuid());
        Assert.Equal("completed", two.GetProperty("status").GetString());
        await Wallet.AssertProblemAsync(changed, HttpStatusCode.UnprocessableEntity, "idempotency_key_reused");
        Assert.Equal("6.00", await _wallet.BalanceAsync(payer));
    }

    [Fact]
    public async Task A_key_belongs_to_one_payer_and_a_refused_request_uses_none_up()
    {
        var (one, two, payee) = (
            await _wallet.OpenAsync("10.00"),
            await _wallet.OpenAsync("10.00"),
            await _wallet.OpenAsync()
        );
        var key = Wallet.NewKey();
        await Wallet.AssertProblemAsync(
            await _wallet.SendAsync(one, "@no_such_handle", "1.00", key),
            HttpStatusCode.NotFound,
            "account_not_found"
        );
        await _wallet.EndAsync(await _wallet.SendAsync(one, payee.Account, "1.00", key, wait: 10));
        await _wallet.EndAsync(await _wallet.SendAsync(two, payee.Account, "2.00", key, wait: 10));
        Assert.Equal("3.00", await _wallet.BalanceAsync(payee));
    }

    [Fact]
    public async Task A_replay_is_answered_even_when_the_payee_could_not_be_paid_any_more()
    {
        var (payer, payee) = (await _wallet.OpenAsync("10.00"), await _wallet.OpenAsync());
        var key = Wallet.NewKey();
        var first = await _wallet.EndAsync(await _wallet.SendAsync(payer, payee.Handle, "4.00", key, wait: 10));
        Assert.Equal(
            "completed",
            (await _wallet.PayAsync(payee, payer.Account, "4.00")).GetProperty("status").GetString()
        );
        await _wallet.ChangeAsync(payee, "close");
        // The handle stands for no open account now, as soon as Transactions has heard of it.
        await Wallet.EventuallyAsync(async () =>
            await Wallet.AssertProblemAsync(
                await _wallet.SendAsync(payer, payee.Handle, "1.00"),
                HttpStatusCode.NotFound,
                "account_not_found"
            )
        );
        var again = await ReadAsync(await _wallet.SendAsync(payer, payee.Handle, "4.00", key));
        Assert.Equal(first.GetProperty("id").GetGuid(), again.GetProperty("id").GetGuid());
    }

    [Fact]
    public async Task Fifty_requests_at_once_under_one_key_move_money_once()
    {
        var (payer, payee) = (await _wallet.OpenAsync("100.00"), await _wallet.OpenAsync());
        var key = Wallet.NewKey();
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 50).Select(_ => _wallet.SendAsync(payer, payee.Account, "1.00", key, wait: 10))
        );
        var ends = await Task.WhenAll(answers.Select(_wallet.EndAsync));
        Assert.Equal(49, answers.Count(answer => answer.Headers.Contains("Idempotency-Replayed")));
        Assert.Single(ends.Select(end => end.GetProperty("id").GetGuid()).Distinct());
        Assert.Equal("99.00", await _wallet.BalanceAsync(payer));
    }

    [Fact]
    public async Task Of_fifty_payments_at_once_only_those_that_the_balance_covers_go_through()
    {
        var (payer, payee) = (await _wallet.OpenAsync("10.00"), await _wallet.OpenAsync());
        var ends = await Task.WhenAll(
            Enumerable.Range(0, 50).Select(_ => _wallet.PayAsync(payer, payee.Account, "1.00"))
        );
        Assert.Equal(10, ends.Count(end => end.GetProperty("status").GetString() == "completed"));
        Assert.All(
            ends.Where(end => end.GetProperty("status").GetString() == "failed"),
            end => Assert.Equal("insufficient_funds", end.GetProperty("failureReason").GetString())
        );
        Assert.Equal(("0.00", "10.00"), (await _wallet.BalanceAsync(payer), await _wallet.BalanceAsync(payee)));
        await _wallet.AssertDenseAsync(payer);
    }

    [Fact]
    public async Task Money_that_goes_in_circles_at_once_neither_deadlocks_nor_leaks()
    {
        var people = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => _wallet.OpenAsync("50.00")));
        var ends = await Task.WhenAll(
            Enumerable
                .Range(0, 120)
                .Select(i => _wallet.PayAsync(people[i % 4], people[(i + 1 + (i / 4 % 3)) % 4].Account, "0.37"))
        );
        Assert.All(ends, end => Assert.Equal("completed", end.GetProperty("status").GetString()));
        foreach (var person in people)
            await _wallet.AssertDenseAsync(person);
    }

    [Fact]
    public async Task An_account_can_be_used_in_the_moment_it_is_opened()
    {
        var payer = await _wallet.OpenAsync("100.00");
        for (var i = 0; i < 10; i++)
        {
            var payee = await _wallet.OpenAsync();
            Assert.Equal(
                "completed",
                (await _wallet.PayAsync(payer, i % 2 == 0 ? payee.Handle : payee.Account, "1.00"))
                    .GetProperty("status")
                    .GetString()
            );
        }
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage answer) =>
        JsonElement.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));

    private async Task<Guid> AssertFailsAsync(
        Person from,
        Person to,
        string amount,
        string reason,
        string currency = "INR",
        DateTimeOffset? expiresAt = null
    )
    {
        var end = await _wallet.PayAsync(from, to.Account, amount, currency, expiresAt: expiresAt);
        Assert.Equal(
            ("failed", reason),
            (end.GetProperty("status").GetString(), end.GetProperty("failureReason").GetString())
        );
        Assert.Equal(
            ["initiated", "failed"],
            end.GetProperty("timeline").EnumerateArray().Select(step => step.GetProperty("step").GetString()!)
        );
        return end.GetProperty("id").GetGuid();
    }

    private Task AssertToldAsync(Person person, Guid transaction, string kind, string amount) =>
        Wallet.EventuallyAsync(async () =>
        {
            var told = (await _wallet.NotificationsAsync(person))
                .Where(note =>
                    note.GetProperty("transactionId").ValueKind == JsonValueKind.String
                    && note.GetProperty("transactionId").GetGuid() == transaction
                )
                .ToList();
            var note = Assert.Single(told);
            Assert.Equal(kind, note.GetProperty("kind").GetString());
            Assert.Contains(amount, note.GetProperty("title").GetString(), StringComparison.Ordinal);
        });
}
