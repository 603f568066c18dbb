using System.Net;
using Bunit;
using PayFlow.Web.Api;
using PayFlow.Web.Wallet.Activity;
using PayFlow.Web.Wallet.Refunds;

namespace PayFlow.Web.Tests;

/// <summary>Asha sends a payment of Neha back.</summary>
public sealed class RefundTests : OpenWallet
{
    private static readonly Transaction Received = new(
        new Guid("00000000-0000-7000-8003-000000000021"),
        "transfer",
        Transaction.Completed,
        People.NehaId,
        People.AshaId,
        "250.00",
        "INR",
        People.Noon,
        FromName: "Neha Iyer",
        ToName: "Asha Rao",
        RefundedAmount: "50.00"
    );

    private static readonly Transaction Refund = Received with
    {
        Id = new Guid("00000000-0000-7000-8003-000000000022"),
        Type = "refund",
        FromAccount = People.AshaId,
        ToAccount = People.NehaId,
        Amount = "200.00",
        FromName = "Asha Rao",
        ToName = "Neha Iyer",
        OriginalId = Received.Id,
        RefundedAmount = "0.00",
    };

    private static readonly string Path = $"/transactions/{Received.Id}/refunds";

    [Fact]
    public async Task The_form_offers_what_is_left_and_sends_what_was_typed()
    {
        Api.Answers("POST " + Path, Refund, HttpStatusCode.Accepted);
        Transaction? done = null;
        var form = Form(refund => done = refund);
        Assert.Equal("200.00", form.Find("#refund-amount").GetAttribute("data-initial"));

        await form.Find("form").SubmitAsync(("amount", "120.50"), ("note", " cold chai "));

        var (path, key, _, body) = Assert.Single(Api.Posted);
        Assert.Equal((Path, """{"amount":"120.50","note":"cold chai"}"""), (path, body));
        Assert.NotNull(key);
        Assert.Equal(Refund.Id, done?.Id);
    }

    [Fact]
    public async Task After_an_unknown_end_the_same_key_is_used_again()
    {
        Api.IsAway("POST " + Path);
        var form = Form(_ => { });
        await form.Find("form").SubmitAsync(("amount", "10"), ("note", ""));
        Assert.Contains("only once", form.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        Api.Answers("POST " + Path, Refund, HttpStatusCode.Accepted);
        await form.Find("form").SubmitAsync(("amount", "10"), ("note", ""));
        Assert.Equal(2, Api.Posted.Count);
        Assert.Equal(Api.Posted[0].Key, Api.Posted[1].Key);
    }

    [Fact]
    public async Task A_refusal_says_what_is_left_and_the_next_try_has_a_new_key()
    {
        Api.Answers(
            "POST " + Path,
            new ApiProblem(Status: 409, Code: "refund_exceeds", Detail: "At most ₹200.00 can still be refunded."),
            HttpStatusCode.Conflict
        );
        var form = Form(_ => { });
        await form.Find("form").SubmitAsync(("amount", "201"), ("note", ""));
        Assert.Equal(
            "At most ₹200.00 can still be refunded. Nothing was refunded.",
            form.Find("[role=alert]").TextContent
        );
        await form.Find("form").SubmitAsync(("amount", "200"), ("note", ""));
        Assert.NotEqual(Api.Posted[0].Key, Api.Posted[1].Key);
    }

    [Theory]
    [InlineData("250.00", "50.00", "₹50.00 of it was refunded.")]
    [InlineData("250.00", "250.00", "All of it was refunded.")]
    [InlineData("250.00", "0.00", null)]
    public void A_payment_says_how_much_went_back(string amount, string refunded, string? says) =>
        Assert.Equal(says, RefundText.Refunded(Received with { Amount = amount, RefundedAmount = refunded }));

    [Fact]
    public void A_refund_is_told_as_one_on_both_sides()
    {
        Assert.Equal("You refunded Neha Iyer ₹200.00.", ActivityText.Sentence(Refund, People.AshaId));
        Assert.Equal("Asha Rao refunded you ₹200.00.", ActivityText.Sentence(Refund, People.NehaId));
    }

    private IRenderedComponent<RefundForm> Form(Action<Transaction> done) =>
        Render<RefundForm>(parameters => parameters.Add(form => form.Payment, Received).Add(form => form.OnDone, done));
}
