using System.Net;
using System.Net.Http.Json;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using PayFlow.Web.Api;
using PayFlow.Web.Components.Pages;
using PayFlow.Web.Wallet;

namespace PayFlow.Web.Tests;

public sealed class SendPageTests : OpenWallet
{
    public SendPageTests() => Api.Answers("/accounts/lookup", People.Neha).Answers($"/transactions/{People.PaymentId}", People.Payment(Transaction.Completed));

    [Fact]
    public async Task A_payment_goes_from_amount_to_receipt()
    {
        Api.Answers("POST /transactions", People.Payment(), HttpStatusCode.Accepted);
        var page = Review();
        Assert.Equal("₹250.00", page.Find("#sheet-title").TextContent);
        Assert.Equal("Two hundred fifty rupees", page.Find("#sheet-title").GetAttribute("title"));
        Press(page, "Send ₹250.00");
        await page.WaitForAssertionAsync(() => Assert.Equal("Neha Iyer got ₹250.00 · 0.2 s.", page.Find("#sheet-title").TextContent));
        Assert.Equal(Transaction.Completed, Session.Recent.Value!.Items.Single().Status);
    }

    [Fact]
    public async Task A_double_click_sends_once()
    {
        var answer = Api.Waits("POST /transactions");
        var page = Review();
        var send = page.FindAll("dialog button").First(button => button.TextContent.Contains("Send ₹250.00", StringComparison.Ordinal));
        var sending = send.ClickAsync();
        await page.FindAll("dialog button").First(button => button.TextContent.Contains("Sending", StringComparison.Ordinal)).ClickAsync();
        answer.SetResult(new HttpResponseMessage(HttpStatusCode.Accepted) { Content = JsonContent.Create(People.Payment()) });
        await sending;
        await page.WaitForAssertionAsync(() => Assert.Contains("Neha Iyer got", page.Markup, StringComparison.Ordinal));
        Assert.Single(Api.Posted);
    }

    [Fact]
    public async Task A_lost_answer_is_tried_again_under_the_same_key_and_body()
    {
        Api.IsAway("POST /transactions");
        var page = Review();
        Press(page, "Send ₹250.00");
        Assert.Equal("We don't know whether it went through", page.Find("#sheet-title").TextContent);
        Api.Answers("POST /transactions", People.Payment(), HttpStatusCode.Accepted);
        Press(page, "Try again");
        await page.WaitForAssertionAsync(() => Assert.Contains("Neha Iyer got", page.Markup, StringComparison.Ordinal));
        Assert.Equal(2, Api.Posted.Count);
        Assert.Equal(Api.Posted[0], Api.Posted[1]);
        Assert.False(string.IsNullOrEmpty(Api.Posted[0].Key));
    }

    [Fact]
    public void Changing_the_form_after_a_lost_answer_warns_and_only_a_new_payment_takes_another_key()
    {
        Api.IsAway("POST /transactions");
        var page = Review();
        Press(page, "Send ₹250.00");
        Press(page, "Not now");
        Assert.Contains(Words.WeDoNotKnow, page.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        page.Find(".amount-field input").Input("300");
        Assert.Equal("250", page.Find(".amount-field input").GetAttribute("value"));
        Assert.Contains("To change it, start a new payment.", page.Markup, StringComparison.Ordinal);
        Press(page, "Start a new payment");
        page.Find(".amount-field input").Input("300");
        page.Find("form").Submit();
        Press(page, "Send ₹300.00");
        Assert.Equal(2, Api.Posted.Count);
        Assert.NotEqual(Api.Posted[0].Key, Api.Posted[1].Key);
    }

    [Fact]
    public void A_refusal_is_explained_and_can_be_corrected()
    {
        Api.Answers("POST /transactions", new ApiProblem { Code = "limit_exceeded", Status = 422 }, HttpStatusCode.UnprocessableEntity);
        var page = Review();
        Press(page, "Send ₹250.00");
        Assert.Contains("It is above a limit. Send less. Nothing was sent.", page.Markup, StringComparison.Ordinal);
        page.Find(".amount-field input").Input("100");
        Assert.DoesNotContain("above a limit", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void More_than_there_is_cannot_be_reviewed()
    {
        var page = Open();
        page.Find(".amount-field input").Input("1000.01");
        Assert.Equal("Not enough money: you have ₹1,000.00, this needs ₹1,000.01. Send less.", page.Find("#amount-help").TextContent);
        Assert.True(page.Find("button[type=submit]").HasAttribute("disabled"));
    }

    private IRenderedComponent<SendPage> Open()
    {
        Services.GetRequiredService<NavigationManager>().NavigateTo("/send?to=@neha");
        return Render<SendPage>();
    }

    private IRenderedComponent<SendPage> Review()
    {
        var page = Open();
        page.Find(".amount-field input").Input("250");
        page.Find("form").Submit();
        return page;
    }

    private static void Press(IRenderedComponent<SendPage> page, string name) =>
        page.FindAll("button").First(button => button.TextContent.Trim() == name).Click();
}
