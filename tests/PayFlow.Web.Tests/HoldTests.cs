using System.Net;
using Bunit;
using PayFlow.Web.Api;
using PayFlow.Web.Wallet.Activity;
using PayFlow.Web.Wallet.Holds;

namespace PayFlow.Web.Tests;

/// <summary>Neha has set money aside for Asha, and Asha has set some aside.</summary>
public sealed class HoldTests : OpenWallet
{
    private static readonly Hold Deposit = new(
        new Guid("00000000-0000-7000-8003-000000000031"),
        Hold.Open,
        "Neha Iyer",
        "Asha Rao",
        "500.00",
        "380.00",
        "INR"
    )
    {
        FromAccount = People.NehaId,
        ToAccount = People.AshaId,
        Captured = "120.00",
        Note = "Table for six",
        ExpiresAt = People.Noon.AddDays(3),
    };

    private static readonly Transaction Done = new(
        new Guid("00000000-0000-7000-8003-000000000032"),
        "capture",
        Transaction.Completed,
        People.NehaId,
        People.AshaId,
        "380.00",
        "INR",
        People.Noon
    );

    private static readonly string Path = $"/holds/{Deposit.Id}";

    [Fact]
    public async Task The_payee_sees_what_is_left_and_collects_it()
    {
        var page = await ForMeAsync(Deposit);
        var card = page.Find(".card.hold").TextContent;
        foreach (var part in new[] { "Neha Iyer", "Table for six", "₹380.00", "₹120.00 of ₹500.00 collected", "Until" })
            Assert.Contains(part, card, StringComparison.Ordinal);

        await Button(page, "Collect").ClickAsync(new());
        Assert.Equal("380.00", page.Find("#capture-amount").GetAttribute("data-initial"));
        Api.Answers($"POST {Path}/capture", Done);
        Api.Answers("/holds", new ListPage<Hold>([Deposit with { Status = Hold.Collected, Left = "0.00" }], null));
        await page.Find("form").SubmitAsync(("amount", "380"), ("note", " dinner "));

        var (path, key, _, body) = Assert.Single(Api.Posted);
        Assert.Equal(($"{Path}/capture", """{"amount":"380.00","note":"dinner"}"""), (path, body));
        Assert.NotNull(key);
        page.WaitForAssertion(() =>
            Assert.Contains("Collected", page.Find(".card.hold").TextContent, StringComparison.Ordinal)
        );
        Assert.Empty(page.FindAll("form"));
        Assert.Empty(page.FindAll(".card.hold button"));
    }

    [Fact]
    public async Task A_release_is_asked_for_once_more_and_repeats_with_its_key()
    {
        var page = await ForMeAsync(Deposit);
        await Button(page, "Release").ClickAsync(new());
        Assert.Empty(Api.Posted);
        Api.IsAway($"POST {Path}/void");
        await Button(page, "Release ₹380.00?").ClickAsync(new());
        Assert.Contains("only once", page.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        Api.Answers($"POST {Path}/void", Done with { Type = "release" });
        await Button(page, "Release ₹380.00?").ClickAsync(new());
        Assert.Equal(2, Api.Posted.Count);
        Assert.Equal(Api.Posted[0].Key, Api.Posted[1].Key);
    }

    [Fact]
    public async Task A_refusal_says_what_to_do()
    {
        var page = await ForMeAsync(Deposit);
        await Button(page, "Collect").ClickAsync(new());
        Api.Answers(
            $"POST {Path}/capture",
            new ApiProblem(Status: 409, Code: "hold_exceeded", Detail: "At most ₹380.00 can still be captured."),
            HttpStatusCode.Conflict
        );
        await page.Find("form").SubmitAsync(("amount", "381"), ("note", ""));
        Assert.Contains("At most ₹380.00", page.Find("[role=alert]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void The_payer_sees_the_hold_and_no_button()
    {
        Api.Answers("/holds", new ListPage<Hold>([Deposit], null));
        var page = Render<HoldsPage>();
        page.WaitForAssertion(() =>
            Assert.Contains("Asha Rao", page.Find(".card.hold").TextContent, StringComparison.Ordinal)
        );
        Assert.Empty(page.FindAll(".card.hold button"));
    }

    [Fact]
    public void Without_holds_the_page_says_what_they_are()
    {
        Api.Answers("/holds", new ListPage<Hold>([], null));
        var page = Render<HoldsPage>();
        page.WaitForAssertion(() => Assert.Contains("Nothing is set aside", page.Markup, StringComparison.Ordinal));
    }

    private async Task<IRenderedComponent<HoldsPage>> ForMeAsync(Hold hold)
    {
        Api.Answers("/holds", new ListPage<Hold>([hold], null));
        var page = Render<HoldsPage>();
        await page.Find("input[value=payee]").ChangeAsync(new() { Value = "payee" });
        page.WaitForElement(".card.hold");
        return page;
    }

    private static AngleSharp.Dom.IElement Button(IRenderedComponent<HoldsPage> page, string text) =>
        page.FindAll(".card.hold button").Single(button => button.TextContent.Trim() == text);
}
