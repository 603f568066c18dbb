using System.Net;
using System.Net.Http.Json;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.Web.Api;
using PayFlow.Web.Components.Pages;
using PayFlow.Web.Components.Parts;
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
        var page = Visit();
        page.Find(".amount-field input").Input("1000.01");
        Assert.Equal("Not enough money: you have ₹1,000.00, this needs ₹1,000.01. Send less.", page.Find("#amount-help").TextContent);
        Assert.True(page.Find("button[type=submit]").HasAttribute("disabled"));
    }

    [Fact]
    public void A_comma_that_may_be_meant_as_a_point_is_not_reviewed()
    {
        var page = Visit();
        page.Find(".amount-field input").Input("12,50");
        Assert.Equal("Write a point before the last digits, not a comma: 250.50.", page.Find("#amount-help").TextContent);
        Assert.True(page.Find("button[type=submit]").HasAttribute("disabled"));
    }

    [Fact]
    public void The_limit_that_bites_first_is_told_before_it_bites()
    {
        Api.Answers("/limits", Limits(day: "400.00"));
        var page = Visit();
        Assert.Equal("You can send ₹400.00 more today.", page.Find(".limit-left").TextContent);
        page.Find(".amount-field input").Input("400.01");
        Assert.Equal("That is above your limit: you can send ₹400.00 more today. Send less, or wait until 25 November.", page.Find("#amount-help").TextContent);
        Assert.True(page.Find("button[type=submit]").HasAttribute("disabled"));
        page.Find(".amount-field input").Input("400");
        Assert.False(page.Find("button[type=submit]").HasAttribute("disabled"));
    }

    [Fact]
    public async Task The_answer_to_a_page_that_was_left_is_told_in_passing_and_the_next_visit_begins_anew()
    {
        var said = new List<string>();
        Session.Notice += (text, _) => said.Add(text);
        var answer = Api.Waits("POST /transactions");
        var sending = Send(Review());
        await DisposeComponentsAsync();
        answer.SetResult(new HttpResponseMessage(HttpStatusCode.Accepted) { Content = JsonContent.Create(People.Payment()) });
        await sending;
        Assert.Null(Session.Watching);
        Assert.Single(Session.Recent.Value!.Items);

        var next = Visit();
        Review(next, "300");
        Assert.Equal("₹300.00", next.Find("#sheet-title").TextContent);
        Assert.Equal("300", next.Find(".amount-field input").GetAttribute("value"));
        Assert.Empty(said);
    }

    [Fact]
    public async Task A_refusal_to_a_page_that_was_left_is_told_and_waits_for_the_next_visit()
    {
        var said = new List<(string Text, bool IsGood)>();
        Session.Notice += (text, isGood) => said.Add((text, isGood));
        var answer = Api.Waits("POST /transactions");
        var sending = Send(Review());
        await DisposeComponentsAsync();
        answer.SetResult(new HttpResponseMessage(HttpStatusCode.UnprocessableEntity) { Content = JsonContent.Create(new ApiProblem { Code = "limit_exceeded", Status = 422 }) });
        await sending;
        Assert.Equal([("Neha Iyer was not paid yet. What you typed waits under Send.", false)], said);
        Assert.Contains("It is above a limit.", Visit("/send").Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_comes_back_while_it_is_being_sent_sees_it_end()
    {
        var answer = Api.Waits("POST /transactions");
        var sending = Send(Review());
        await DisposeComponentsAsync();
        var page = Visit();
        Assert.Contains("Sending", page.Find("dialog").TextContent, StringComparison.Ordinal);
        answer.SetResult(new HttpResponseMessage(HttpStatusCode.Accepted) { Content = JsonContent.Create(People.Payment()) });
        await sending;
        await page.WaitForAssertionAsync(() => Assert.Contains("Neha Iyer got", page.Find("#sheet-title").TextContent, StringComparison.Ordinal));
        Assert.Equal(People.PaymentId, Session.Watching);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_end_that_overtakes_the_answer_is_told_by_the_receipt_alone(bool comesBack)
    {
        var said = new List<string>();
        Session.Notice += (text, _) => said.Add(text);
        var answer = Api.Waits("POST /transactions");
        var page = Review();
        var sending = Send(page);
        if (comesBack)
        {
            await DisposeComponentsAsync();
            page = Visit();
        }

        Live.Publish(Ended(People.PaymentId));
        answer.SetResult(new HttpResponseMessage(HttpStatusCode.Accepted) { Content = JsonContent.Create(People.Payment()) });
        await sending;
        await page.WaitForAssertionAsync(() => Assert.Contains("Neha Iyer got", page.Find("#sheet-title").TextContent, StringComparison.Ordinal));
        Assert.Empty(said);
    }

    [Theory]
    [InlineData(HttpStatusCode.Accepted)]
    [InlineData(HttpStatusCode.UnprocessableEntity)]
    [InlineData(HttpStatusCode.ServiceUnavailable)]
    public async Task Another_payment_that_ends_meanwhile_is_told_once_the_answer_is_there(HttpStatusCode status)
    {
        var said = new List<string>();
        Session.Notice += (text, _) => said.Add(text);
        var answer = Api.Waits("POST /transactions");
        var sending = Send(Review());
        Live.Publish(Ended(new Guid("00000000-0000-7000-8003-000000000002")));
        Assert.Empty(said);
        answer.SetResult(new HttpResponseMessage(status) { Content = status is HttpStatusCode.Accepted ? JsonContent.Create(People.Payment()) : JsonContent.Create(new ApiProblem { Code = "limit_exceeded", Status = (int)status }) });
        await sending;
        Assert.Equal(["Neha Iyer got ₹250.00 · 0.2 s"], said);
    }

    [Theory]
    [InlineData(HttpStatusCode.UnprocessableEntity, "It is above a limit.")]
    [InlineData(HttpStatusCode.ServiceUnavailable, "We don't know whether it went through")]
    public async Task Who_comes_back_while_it_is_being_sent_is_told_by_the_page_alone(HttpStatusCode status, string told)
    {
        var said = new List<string>();
        Session.Notice += (text, _) => said.Add(text);
        var answer = Api.Waits("POST /transactions");
        var sending = Send(Review());
        await DisposeComponentsAsync();
        var page = Visit();
        answer.SetResult(new HttpResponseMessage(status) { Content = JsonContent.Create(new ApiProblem { Code = "limit_exceeded", Status = (int)status }) });
        await sending;
        await page.WaitForAssertionAsync(() => Assert.Contains(told, page.Markup, StringComparison.Ordinal));
        Assert.Empty(said);
    }

    [Fact]
    public async Task A_sheet_that_was_closed_while_it_was_being_sent_opens_again_with_the_answer()
    {
        var answer = Api.Waits("POST /transactions");
        var page = Review();
        var sending = Send(page);
        await page.Find("dialog").TriggerEventAsync("onclose", EventArgs.Empty);
        Assert.Empty(page.FindAll("#sheet-title"));
        answer.SetResult(new HttpResponseMessage(HttpStatusCode.Accepted) { Content = JsonContent.Create(People.Payment()) });
        await sending;
        await page.WaitForAssertionAsync(() => Assert.Contains("Neha Iyer got", page.Find("#sheet-title").TextContent, StringComparison.Ordinal));
        Assert.Equal(2, JSInterop.Invocations["payflow.open"].Count);
    }

    [Fact]
    public async Task Nothing_is_sent_while_the_browser_does_not_answer_that_it_keeps_the_key()
    {
        var keep = JSInterop.SetupVoid("payflow.keep", _ => true).SetException(new TaskCanceledException());
        Api.Answers("POST /transactions", People.Payment(), HttpStatusCode.Accepted);
        var page = Review();
        await Send(page);
        await page.WaitForAssertionAsync(() => Assert.Contains("Try again when the connection is back. Nothing was sent.", page.Markup, StringComparison.Ordinal));
        Assert.DoesNotContain(Api.Posted, posted => posted.Path == "/transactions");
        keep.SetVoidResult();
        Press(page, "Review");
        await Send(page);
        await page.WaitForAssertionAsync(() => Assert.Contains("Neha Iyer got", page.Find("#sheet-title").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_receipt_of_a_second_payment_waits_for_its_own_end()
    {
        Api.Answers("POST /transactions", People.Payment(), HttpStatusCode.Accepted);
        var page = Review();
        await Send(page);
        await page.WaitForAssertionAsync(() => Assert.Contains("Neha Iyer got", page.Find("#sheet-title").TextContent, StringComparison.Ordinal));
        Press(page, "Send another");

        var second = People.Payment() with { Id = new Guid("00000000-0000-7000-8003-000000000002") };
        Api.Answers("POST /transactions", second, HttpStatusCode.Accepted).IsAway($"/transactions/{second.Id}");
        await page.InvokeAsync(() => page.FindComponent<PayeeSearch>().Instance.OnChosen.InvokeAsync(People.Neha));
        Review(page, "250");
        await Send(page);
        Assert.Equal(Words.OnItsWay, page.Find("#sheet-title").TextContent);
        Api.Answers($"/transactions/{second.Id}", People.Payment(Transaction.Completed) with { Id = second.Id });
        Clock.Advance(TimeSpan.FromSeconds(1));
        await page.WaitForAssertionAsync(() => Assert.Contains("Neha Iyer got", page.Find("#sheet-title").TextContent, StringComparison.Ordinal));
        Assert.Contains(second.Id.ToString(), page.Find("dialog").TextContent, StringComparison.Ordinal);
    }

    /// <summary>The browser tells late of a rendering that was before the answer, and the field for the PIN is not rendered yet.</summary>
    [Fact]
    public async Task A_PIN_that_is_asked_for_while_the_sheet_is_behind_gets_its_field_and_the_focus()
    {
        var draft = new PaymentDraft(Clock);
        draft.TryChange(People.Neha, "250");
        var sheet = Render<PaymentSheet>(parameters => parameters.Add(one => one.Draft, draft));
        await sheet.InvokeAsync(sheet.Instance.OpenAsync);
        draft.TryBegin(People.AshaId, "INR", out _);
        draft.Answered(ApiAnswer<Transaction>.Refused(new ApiProblem { Code = "confirmation_required", Status = 403, Reason = "new_payee" }));
        await sheet.InvokeAsync(() => ((IHandleAfterRender)sheet.Instance).OnAfterRenderAsync());
        Assert.Empty(sheet.FindAll("#pin"));
        Assert.Empty(JSInterop.Invocations["payflow.focus"]);

        sheet.Render();
        sheet.Find("#pin");
        Assert.NotNull(((ElementReference)Assert.Single(JSInterop.Invocations["payflow.focus"]).Arguments[0]!).Id);
    }

    [Fact]
    public async Task A_payment_that_needs_a_PIN_goes_on_with_it_under_the_same_key_and_body()
    {
        AsksForPin("new_payee");
        var page = Review();
        Press(page, "Send ₹250.00");
        Assert.Contains("You pay Neha Iyer for the first time. Enter your payment PIN to go on.", page.Markup, StringComparison.Ordinal);
        var field = page.Find("#pin");
        Assert.Equal(("password", "numeric", "off"), (field.GetAttribute("type"), field.GetAttribute("inputmode"), field.GetAttribute("autocomplete")));
        Api.Answers("POST /auth/confirm", new { confirmation = "signed", expiresIn = 300 }).Answers("POST /transactions", People.Payment(), HttpStatusCode.Accepted);
        EnterPin(page, "2468");
        await page.WaitForAssertionAsync(() => Assert.Contains("Neha Iyer got", page.Markup, StringComparison.Ordinal));
        Assert.Equal(["/transactions", "/auth/confirm", "/transactions"], Api.Posted.Select(posted => posted.Path));
        Assert.Equal((null, "signed"), (Api.Posted[0].Confirmation, Api.Posted[2].Confirmation));
        Assert.Equal((Api.Posted[0].Key, Api.Posted[0].Body), (Api.Posted[2].Key, Api.Posted[2].Body));
        Assert.Equal($$"""{"fromAccount":"{{People.AshaId}}","toAccount":"{{People.NehaId}}","amount":"250.00","currency":"INR","pin":"2468"}""", Api.Posted[1].Body);
    }

    [Theory]
    [InlineData("wrong_pin", 403, "That is not your payment PIN. Try again. Nothing was sent.")]
    [InlineData("too_many_tries", 429, "There were too many wrong tries. Wait a while, or set a new PIN with your password under Me, Security. Nothing was sent.")]
    [InlineData("pin_not_set", 409, "You have no payment PIN yet. Set one under Me, Security, then come back: what you typed stays. Nothing was sent.")]
    public void A_refused_PIN_says_what_to_do_and_keeps_what_was_typed(string code, int status, string said)
    {
        AsksForPin("amount");
        var page = Review();
        Press(page, "Send ₹250.00");
        Assert.Contains("Payments of this size need your payment PIN.", page.Markup, StringComparison.Ordinal);
        Api.Answers("POST /auth/confirm", new ApiProblem { Code = code, Status = status }, (HttpStatusCode)status);
        EnterPin(page, "1111");
        Assert.Equal(said, page.Find("#pin-error").TextContent);
        Assert.Equal("", page.Find("#pin").GetAttribute("value") ?? "");
        Assert.Equal(code == "pin_not_set", page.FindAll("a[href='/me/security']").Count == 1);
        Press(page, "Back");
        Assert.Equal("250", page.Find(".amount-field input").GetAttribute("value"));
        Assert.False(page.Find("button[type=submit]").HasAttribute("disabled"));
        Assert.Single(Api.Posted, posted => posted.Path == "/transactions");
    }

    [Fact]
    public void A_PIN_that_could_not_be_checked_can_be_entered_again_and_an_old_confirmation_asks_anew()
    {
        AsksForPin("amount");
        var page = Review();
        Press(page, "Send ₹250.00");
        Api.IsAway("POST /auth/confirm");
        EnterPin(page, "2468");
        Assert.Equal("We could not check your PIN. Try again in a moment. Nothing was sent.", page.Find("#pin-error").TextContent);
        Api.Answers("POST /auth/confirm", new { confirmation = "signed", expiresIn = 300 }).Answers("POST /transactions", new ApiProblem { Code = "confirmation_invalid", Status = 403 }, HttpStatusCode.Forbidden);
        EnterPin(page, "2468");
        Assert.Contains("That took too long. Enter your payment PIN again.", page.Markup, StringComparison.Ordinal);
        Assert.Empty(page.FindAll("#pin-error"));
    }

    [Fact]
    public async Task A_confirmed_payment_whose_answer_was_lost_is_tried_again_with_its_confirmation()
    {
        AsksForPin("amount");
        var page = Review();
        Press(page, "Send ₹250.00");
        Api.Answers("POST /auth/confirm", new { confirmation = "signed", expiresIn = 300 }).IsAway("POST /transactions");
        EnterPin(page, "2468");
        Assert.Equal("We don't know whether it went through", page.Find("#sheet-title").TextContent);
        Api.Answers("POST /transactions", People.Payment(), HttpStatusCode.Accepted);
        Press(page, "Try again");
        await page.WaitForAssertionAsync(() => Assert.Contains("Neha Iyer got", page.Markup, StringComparison.Ordinal));
        Assert.Equal(Api.Posted[^2], Api.Posted[^1]);
        Assert.Equal("signed", Api.Posted[^1].Confirmation);
    }

    private static TransactionCompleted Ended(Guid payment) => new(new TransactionFacts(
        TenantId.Default,
        new TransactionId(payment),
        TransactionType.Transfer,
        new Participant(new AccountId(People.AshaId), null, "Asha Rao", "@asha"),
        new Participant(new AccountId(People.NehaId), null, "Neha Iyer", "@neha"),
        "250.00",
        "INR",
        "Lunch",
        People.Noon,
        People.Noon.AddMilliseconds(210)));

    private static LimitList Limits(string day) => new(
    [
        new AccountLimits(
            People.AshaId,
            "INR",
            new Limit("10000.00", null, "10000.00", null),
            new Limit("20000.00", "19600.00", day, new DateTimeOffset(2026, 11, 25, 0, 0, 0, TimeSpan.FromHours(5.5))),
            new Limit("100000.00", "19600.00", "80400.00", new DateTimeOffset(2026, 12, 1, 0, 0, 0, TimeSpan.FromHours(5.5)))),
    ]);

    private void AsksForPin(string reason) => Api.Answers("POST /transactions", new ApiProblem { Code = "confirmation_required", Status = 403, Reason = reason }, HttpStatusCode.Forbidden);

    private static void EnterPin(IRenderedComponent<SendPage> page, string pin)
    {
        page.Find("#pin").Input(pin);
        page.Find("dialog form").Submit();
    }

    private IRenderedComponent<SendPage> Visit(string page = "/send?to=@neha")
    {
        Services.GetRequiredService<NavigationManager>().NavigateTo(page);
        return Render<SendPage>();
    }

    private IRenderedComponent<SendPage> Review()
    {
        var page = Visit();
        Review(page, "250");
        return page;
    }

    private static void Review(IRenderedComponent<SendPage> page, string amount)
    {
        page.Find(".amount-field input").Input(amount);
        page.Find("form").Submit();
    }

    private static Task Send(IRenderedComponent<SendPage> page) => page.FindAll("dialog button").First(button => button.TextContent.Contains("Send ₹250.00", StringComparison.Ordinal)).ClickAsync();

    private static void Press(IRenderedComponent<SendPage> page, string name) =>
        page.FindAll("button").First(button => button.TextContent.Trim() == name).Click();
}
