using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace PayFlow.EndToEnd.Tests;

/// <summary>Payments that go back: whole, in parts, at the same moment, and when the money is gone.</summary>
public sealed class RefundTests(OnInMemoryKafka payflow) : IClassFixture<SharedInMemoryKafka>, IAsyncLifetime
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
    public async Task The_payee_sends_a_payment_back_and_both_see_it()
    {
        var (payer, payee) = (await _wallet.OpenAsync("100.00"), await _wallet.OpenAsync());
        var payment = Id(await _wallet.PayAsync(payer, payee.Account, "25.50"));

        var refund = await _wallet.EndAsync(await RefundAsync(payee, payment, note: "sold out"));

        Assert.Equal("refund", refund.GetProperty("type").GetString());
        Assert.Equal("completed", refund.GetProperty("status").GetString());
        Assert.Equal("25.50", refund.GetProperty("amount").GetString());
        Assert.Equal(payment, refund.GetProperty("originalId").GetGuid());
        Assert.Equal(("100.00", "0.00"), (await _wallet.BalanceAsync(payer), await _wallet.BalanceAsync(payee)));
        Assert.Equal("25.50", (await ShownAsync(payment)).GetProperty("refundedAmount").GetString());
        await AssertToldAsync(payer, refund, "refunded you ₹25.50", "sold out");
        await AssertToldAsync(payee, refund, "You refunded ₹25.50", "sold out");
        Assert.Contains(await _wallet.HistoryAsync(payer), item => Id(item) == Id(refund));
    }

    [Fact]
    public async Task Parts_never_exceed_the_payment()
    {
        var (payer, payee) = (await _wallet.OpenAsync("100.00"), await _wallet.OpenAsync("50.00"));
        var payment = Id(await _wallet.PayAsync(payer, payee.Account, "30.00"));

        await Wallet.AssertRefusedAsync(await RefundAsync(payee, payment, "30.01"), "refund_exceeds", "₹30.00");
        await _wallet.EndAsync(await RefundAsync(payee, payment, "10.00"));
        await Wallet.AssertRefusedAsync(await RefundAsync(payee, payment, "20.01"), "refund_exceeds", "₹20.00");
        var rest = await _wallet.EndAsync(await RefundAsync(payee, payment));
        Assert.Equal("20.00", rest.GetProperty("amount").GetString());
        await Wallet.AssertRefusedAsync(await RefundAsync(payee, payment), "refund_exceeds", "refunded already");

        Assert.Equal("30.00", (await ShownAsync(payment)).GetProperty("refundedAmount").GetString());
        Assert.Equal(("100.00", "50.00"), (await _wallet.BalanceAsync(payer), await _wallet.BalanceAsync(payee)));
    }

    [Fact]
    public async Task Parts_at_the_same_moment_do_not_exceed_it_either()
    {
        var (payer, payee) = (await _wallet.OpenAsync("100.00"), await _wallet.OpenAsync("100.00"));
        var payment = Id(await _wallet.PayAsync(payer, payee.Account, "100.00"));

        var answers = await Task.WhenAll(Enumerable.Range(0, 25).Select(_ => RefundAsync(payee, payment, "10.00")));

        Assert.Equal(10, answers.Count(answer => answer.StatusCode is HttpStatusCode.Accepted or HttpStatusCode.OK));
        Assert.Equal(15, answers.Count(answer => answer.StatusCode == HttpStatusCode.Conflict));
        foreach (var accepted in answers.Where(answer => answer.StatusCode != HttpStatusCode.Conflict))
            await _wallet.EndAsync(accepted);
        Assert.Equal(("100.00", "100.00"), (await _wallet.BalanceAsync(payer), await _wallet.BalanceAsync(payee)));
        await Wallet.EventuallyAsync(async () =>
            Assert.Equal("100.00", (await ShownAsync(payment)).GetProperty("refundedAmount").GetString())
        );
    }

    [Fact]
    public async Task A_repeated_request_refunds_once()
    {
        var (payer, payee) = (await _wallet.OpenAsync("10.00"), await _wallet.OpenAsync());
        var payment = Id(await _wallet.PayAsync(payer, payee.Account, "10.00"));
        var key = Wallet.NewKey();

        var first = await _wallet.EndAsync(await RefundAsync(payee, payment, key: key));
        using var again = await RefundAsync(payee, payment, key: key);
        Assert.Equal("true", again.Headers.GetValues("Idempotency-Replayed").Single());
        Assert.Equal(Id(first), Id(await _wallet.EndAsync(again)));
        await Wallet.AssertRefusedAsync(
            await RefundAsync(payee, payment, "1.00", key),
            "idempotency_key_reused",
            "new key",
            HttpStatusCode.UnprocessableEntity
        );
        Assert.Equal("10.00", await _wallet.BalanceAsync(payer));
    }

    [Fact]
    public async Task Only_the_payee_of_a_payment_refunds_it()
    {
        var (payer, payee) = (await _wallet.OpenAsync("10.00"), await _wallet.OpenAsync());
        var stranger = await _wallet.OpenAsync();
        var payment = Id(await _wallet.PayAsync(payer, payee.Account, "5.00"));
        var adjustment = Id(await _wallet.OpeningAsync(payer));

        await Wallet.AssertRefusedAsync(await RefundAsync(payer, payment), "not_refundable", "payee can refund");
        await Wallet.AssertRefusedAsync(
            await RefundAsync(stranger, payment),
            "transaction_not_found",
            "id",
            HttpStatusCode.NotFound
        );
        await Wallet.AssertRefusedAsync(await RefundAsync(payer, adjustment), "not_refundable", "Only a payment");
        var refund = Id(await _wallet.EndAsync(await RefundAsync(payee, payment)));
        await Wallet.AssertRefusedAsync(await RefundAsync(payer, refund), "not_refundable", "Only a payment");
    }

    [Fact]
    public async Task A_refund_without_the_money_fails_and_can_be_made_later()
    {
        var (payer, payee) = (await _wallet.OpenAsync("10.00"), await _wallet.OpenAsync());
        var payment = Id(await _wallet.PayAsync(payer, payee.Account, "10.00"));
        await _wallet.PayAsync(payee, (await _wallet.OpenAsync()).Account, "4.00");

        var failed = await _wallet.EndAsync(await RefundAsync(payee, payment));
        Assert.Equal("insufficient_funds", failed.GetProperty("failureReason").GetString());
        await AssertToldAsync(payee, failed, "was not refunded", "still in your wallet");
        Assert.Equal("0.00", (await ShownAsync(payment)).GetProperty("refundedAmount").GetString());

        (await _wallet.AdjustAsync(payee, "4.00")).EnsureSuccessStatusCode();
        await _wallet.EndAsync(await RefundAsync(payee, payment));
        Assert.Equal(("10.00", "0.00"), (await _wallet.BalanceAsync(payer), await _wallet.BalanceAsync(payee)));
    }

    [Theory]
    [InlineData("0", "above zero")]
    [InlineData("-1", "above zero")]
    [InlineData("1.001", "at most 2 digits")]
    [InlineData("ten", "decimal number")]
    public async Task An_amount_that_is_none_is_refused_with_its_field(string amount, string says)
    {
        var (payer, payee) = (await _wallet.OpenAsync("10.00"), await _wallet.OpenAsync());
        var payment = Id(await _wallet.PayAsync(payer, payee.Account, "5.00"));
        var answer = await Wallet.ReadAsync(await RefundAsync(payee, payment, amount), HttpStatusCode.BadRequest);
        Assert.Contains(
            says,
            answer.GetProperty("errors").GetProperty("amount")[0].GetString()!,
            StringComparison.Ordinal
        );
    }

    private static Guid Id(JsonElement transaction) => transaction.GetProperty("id").GetGuid();

    private Task<JsonElement> ShownAsync(Guid transaction) => _wallet.GetAsync($"transactions/{transaction}");

    private async Task<HttpResponseMessage> RefundAsync(
        Person by,
        Guid payment,
        string? amount = null,
        string? key = null,
        string? note = null
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"transactions/{payment}/refunds")
        {
            Content = JsonContent.Create(new { amount, note }),
        };
        request.Headers.Authorization = by.Token;
        request.Headers.TryAddWithoutValidation("Idempotency-Key", key ?? Wallet.NewKey());
        return await _wallet.Api.SendAsync(request, Cancel);
    }

    private Task AssertToldAsync(Person person, JsonElement refund, string title, string body) =>
        _wallet.AssertToldAsync(person, Id(refund), "refund", title, body);
}
