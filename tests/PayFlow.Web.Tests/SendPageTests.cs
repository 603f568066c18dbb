using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.Web.Api;
using PayFlow.Web.Shared.Fields;
using PayFlow.Web.Wallet.Activity;
using PayFlow.Web.Wallet.Security;
using PayFlow.Web.Wallet.Send;

namespace PayFlow.Web.Tests;

public sealed class SendPageTests : OpenWallet
{
    public SendPageTests() =>
        Api.Answers("/accounts/lookup", People.Neha)
            .Answers($"/transactions/{People.PaymentId}", People.Payment(Transaction.Completed));

    [Fact]
    public async Task A_payment_goes_from_amount_to_receipt()
    {
        Api.Answers("POST /transactions", People.Payment(), HttpStatusCode.Accepted);
        var page = await ReviewAsync();
        Assert.Equal("₹250.00", page.Find("#sheet-title").TextContent);
        Assert.Equal("Two hundred fifty rupees", page.Find("#sheet-title").GetAttribute("title"));
        await PressAsync(page, "Send ₹250.00");
        await page.WaitForAssertionAsync(() =>
            Assert.Equal("Neha Iyer got ₹250.00 · 0.2 s.", page.Find("#sheet-title").TextContent)
        );
        Assert.Equal(Transaction.Completed, Session.Recent.Value!.Items.Single().Status);
    }

    [Fact]
    public async Task A_double_click_sends_once()
    {
        var answer = Api.Waits("POST /transactions");
        var page = await ReviewAsync();
        var sending = Send(page);
        await PressAsync(page, "Sending");
        answer.SetResult(
            new HttpResponseMessage(HttpStatusCode.Accepted) { Content = JsonContent.Create(People.Payment()) }
        );
        await sending;
        await page.WaitForAssertionAsync(() => Assert.Contains("Neha Iyer got", page.Markup, StringComparison.Ordinal));
        Assert.Single(Api.Posted);
    }

    [Fact]
    public async Task A_lost_answer_is_tried_again_under_the_same_key_and_body()
    {
        Api.IsAway("POST /transactions");
        var page = await ReviewAsync();
        await PressAsync(page, "Send ₹250.00");
        Assert.Equal("We don't know whether it went through", page.Find("#sheet-title").TextContent);
        Api.Answers("POST /transactions", People.Payment(), HttpStatusCode.Accepted);
        await PressAsync(page, "Try again");
        await page.WaitForAssertionAsync(() => Assert.Contains("Neha Iyer got", page.Markup, StringComparison.Ordinal));
        Assert.Equal(2, Api.Posted.Count);
        Assert.Equal(Api.Posted[0], Api.Posted[1]);
        Assert.False(string.IsNullOrEmpty(Api.Posted[0].Key));
    }

    [Fact]
    public async Task Changing_the_form_after_a_lost_answer_warns_and_only_a_new_payment_takes_another_key()
    {
        Api.IsAway("POST /transactions");
        var page = await ReviewAsync();
        await PressAsync(page, "Send ₹250.00");
        await PressAsync(page, "Not now");
        Assert.Contains(SendText.WeDoNotKnow, page.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        await page.Find("#amount").TypeAsync("300");
        Assert.Equal("250", page.Find("#amount").GetAttribute("data-initial"));
        Assert.Contains("To change it, start a new payment.", page.Markup, StringComparison.Ordinal);
        await PressAsync(page, "Start a new payment");
        await ReviewAsync(page, "300");
        await PressAsync(page, "Send ₹300.00");
        Assert.Equal(2, Api.Posted.Count);
        Assert.NotEqual(Api.Posted[0].Key, Api.Posted[1].Key);
    }

    [Fact]
    public async Task A_refusal_is_explained_and_can_be_corrected()
    {
        Api.Answers(
            "POST /transactions",
            new ApiProblem { Code = "limit_exceeded", Status = 422 },
            HttpStatusCode.UnprocessableEntity
        );
        var page = await ReviewAsync();
        await PressAsync(page, "Send ₹250.00");
        Assert.Contains(
            "The payment exceeds a limit. Send less. Nothing was sent.",
            page.Markup,
            StringComparison.Ordinal
        );
        await page.Find("#amount").TypeAsync("100");
        Assert.DoesNotContain("exceeds a limit", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task More_than_there_is_cannot_be_reviewed()
    {
        var page = Visit();
        await page.Find("#amount").TypeAsync("1000.01");
        Assert.Equal(
            "Not enough money: you have ₹1,000.00, this needs ₹1,000.01. Send less.",
            page.Find("#amount-error").TextContent
        );
        await ReviewAsync(page, "1000.01");
        Assert.Empty(page.FindAll("#sheet-title"));
    }

    [Fact]
    public async Task A_comma_that_may_be_meant_as_a_point_is_not_reviewed()
    {
        var page = Visit();
        await page.Find("#amount").TypeAsync("12,50");
        Assert.Equal(
            "This amount is ambiguous. Use only digits and a decimal point, such as 250.50.",
            page.Find("#amount-error").TextContent
        );
        await ReviewAsync(page, "12,50");
        Assert.Empty(page.FindAll("#sheet-title"));
    }

    [Fact]
    public async Task The_limit_that_bites_first_is_told_before_it_bites()
    {
        Api.Answers("/limits", Limits(day: "400.00"));
        var page = Visit();
        Assert.Equal("You can send ₹400.00 now.", page.Find("#amount-hint").TextContent);
        await page.Find("#amount").TypeAsync("400.01");
        Assert.Equal(
            "That is above your limit: you can send ₹400.00 more today. Send less, or wait until 25 November.",
            page.Find("#amount-error").TextContent
        );
        await ReviewAsync(page, "400.01");
        Assert.Empty(page.FindAll("#sheet-title"));
        await ReviewAsync(page, "400");
        Assert.Equal("₹400.00", page.Find("#sheet-title").TextContent);
    }

    [Fact]
    public async Task The_answer_to_a_page_that_was_left_is_told_in_passing_and_the_next_visit_begins_anew()
    {
        var said = new List<string>();
        Session.Notice += (text, _) => said.Add(text);
        var answer = Api.Waits("POST /transactions");
        var sending = Send(await ReviewAsync());
        await DisposeComponentsAsync();
        answer.SetResult(
            new HttpResponseMessage(HttpStatusCode.Accepted) { Content = JsonContent.Create(People.Payment()) }
        );
        await sending;
        Assert.Null(Session.Watching);
        Assert.Single(Session.Recent.Value!.Items);

        var next = Visit();
        await ReviewAsync(next, "300");
        Assert.Equal("₹300.00", next.Find("#sheet-title").TextContent);
        Assert.Equal("300", next.Find("#amount").GetAttribute("data-initial"));
        Assert.Empty(said);
    }

    [Fact]
    public async Task A_refusal_to_a_page_that_was_left_is_told_and_waits_for_the_next_visit()
    {
        var said = new List<(string Text, bool IsGood)>();
        Session.Notice += (text, isGood) => said.Add((text, isGood));
        var answer = Api.Waits("POST /transactions");
        var sending = Send(await ReviewAsync());
        await DisposeComponentsAsync();
        answer.SetResult(
            new HttpResponseMessage(HttpStatusCode.UnprocessableEntity)
            {
                Content = JsonContent.Create(new ApiProblem { Code = "limit_exceeded", Status = 422 }),
            }
        );
        await sending;
        Assert.Equal([("Neha Iyer was not paid yet. What you typed waits under Send.", false)], said);
        Assert.Contains("The payment exceeds a limit.", Visit().Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_comes_back_while_it_is_being_sent_sees_it_end()
    {
        var answer = Api.Waits("POST /transactions");
        var sending = Send(await ReviewAsync());
        await DisposeComponentsAsync();
        var page = Visit();
        Assert.Contains("Sending", page.Find("dialog").TextContent, StringComparison.Ordinal);
        answer.SetResult(
            new HttpResponseMessage(HttpStatusCode.Accepted) { Content = JsonContent.Create(People.Payment()) }
        );
        await sending;
        await page.WaitForAssertionAsync(() =>
            Assert.Contains("Neha Iyer got", page.Find("#sheet-title").TextContent, StringComparison.Ordinal)
        );
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
        var page = await ReviewAsync();
        var sending = Send(page);
        if (comesBack)
        {
            await DisposeComponentsAsync();
            page = Visit();
        }

        Live.Publish(Ended(People.PaymentId));
        answer.SetResult(
            new HttpResponseMessage(HttpStatusCode.Accepted) { Content = JsonContent.Create(People.Payment()) }
        );
        await sending;
        await page.WaitForAssertionAsync(() =>
            Assert.Contains("Neha Iyer got", page.Find("#sheet-title").TextContent, StringComparison.Ordinal)
        );
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
        var sending = Send(await ReviewAsync());
        Live.Publish(Ended(new Guid("00000000-0000-7000-8003-000000000002")));
        Assert.Empty(said);
        answer.SetResult(
            new HttpResponseMessage(status)
            {
                Content =
                    status is HttpStatusCode.Accepted
                        ? JsonContent.Create(People.Payment())
                        : JsonContent.Create(new ApiProblem { Code = "limit_exceeded", Status = (int)status }),
            }
        );
        await sending;
        Assert.Equal(["Neha Iyer got ₹250.00 · 0.2 s"], said);
    }

    [Theory]
    [InlineData(HttpStatusCode.UnprocessableEntity, "The payment exceeds a limit.")]
    [InlineData(HttpStatusCode.ServiceUnavailable, "We don't know whether it went through")]
    public async Task Who_comes_back_while_it_is_being_sent_is_told_by_the_page_alone(
        HttpStatusCode status,
        string told
    )
    {
        var said = new List<string>();
        Session.Notice += (text, _) => said.Add(text);
        var answer = Api.Waits("POST /transactions");
        var sending = Send(await ReviewAsync());
        await DisposeComponentsAsync();
        var page = Visit();
        answer.SetResult(
            new HttpResponseMessage(status)
            {
                Content = JsonContent.Create(new ApiProblem { Code = "limit_exceeded", Status = (int)status }),
            }
        );
        await sending;
        await page.WaitForAssertionAsync(() => Assert.Contains(told, page.Markup, StringComparison.Ordinal));
        Assert.Empty(said);
    }

    [Fact]
    public async Task A_sheet_that_was_closed_while_it_was_being_sent_opens_again_with_the_answer()
    {
        var answer = Api.Waits("POST /transactions");
        var page = await ReviewAsync();
        var sending = Send(page);
        await page.Find("dialog").TriggerEventAsync("onclose", EventArgs.Empty);
        Assert.Empty(page.FindAll("#sheet-title"));
        answer.SetResult(
            new HttpResponseMessage(HttpStatusCode.Accepted) { Content = JsonContent.Create(People.Payment()) }
        );
        await sending;
        await page.WaitForAssertionAsync(() =>
            Assert.Contains("Neha Iyer got", page.Find("#sheet-title").TextContent, StringComparison.Ordinal)
        );
        Assert.Equal(2, JSInterop.Invocations["payflow.open"].Count);
    }

    [Fact]
    public async Task Nothing_is_sent_while_the_browser_does_not_answer_that_it_keeps_the_key()
    {
        var keep = JSInterop.SetupVoid("payflow.keep", _ => true).SetException(new TaskCanceledException());
        Api.Answers("POST /transactions", People.Payment(), HttpStatusCode.Accepted);
        var page = await ReviewAsync();
        await Send(page);
        await page.WaitForAssertionAsync(() =>
            Assert.Contains(
                "Try again when the connection is back. Nothing was sent.",
                page.Markup,
                StringComparison.Ordinal
            )
        );
        Assert.DoesNotContain(Api.Posted, posted => posted.Path == "/transactions");
        keep.SetVoidResult();
        await ReviewAsync(page, "250");
        await Send(page);
        await page.WaitForAssertionAsync(() =>
            Assert.Contains("Neha Iyer got", page.Find("#sheet-title").TextContent, StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task The_receipt_of_a_second_payment_waits_for_its_own_end()
    {
        Api.Answers("POST /transactions", People.Payment(), HttpStatusCode.Accepted);
        var page = await ReviewAsync();
        await Send(page);
        await page.WaitForAssertionAsync(() =>
            Assert.Contains("Neha Iyer got", page.Find("#sheet-title").TextContent, StringComparison.Ordinal)
        );
        await PressAsync(page, "Send another");

        var second = People.Payment() with { Id = new Guid("00000000-0000-7000-8003-000000000002") };
        Api.Answers("POST /transactions", second, HttpStatusCode.Accepted).IsAway($"/transactions/{second.Id}");
        await page.InvokeAsync(() => page.FindComponent<PayeeSearch>().Instance.OnChosen.InvokeAsync(People.Neha));
        await ReviewAsync(page, "250");
        await Send(page);
        Assert.Equal(ActivityText.OnItsWay, page.Find("#sheet-title").TextContent);
        Api.Answers($"/transactions/{second.Id}", People.Payment(Transaction.Completed) with { Id = second.Id });
        Clock.Advance(TimeSpan.FromSeconds(1));
        await page.WaitForAssertionAsync(() =>
            Assert.Contains("Neha Iyer got", page.Find("#sheet-title").TextContent, StringComparison.Ordinal)
        );
        Assert.Contains(second.Id.ToString(), page.Find("dialog").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_field_for_a_PIN_takes_the_focus_and_each_try_has_an_empty_one()
    {
        AsksForPin("new_payee");
        var page = await ReviewAsync();
        await PressAsync(page, "Send ₹250.00");
        var first = Pin();
        Assert.NotNull(page.Find("#pin").GetAttribute("data-focus"));
        Api.Answers(
            "POST /auth/confirm",
            new ApiProblem { Code = "wrong_pin", Status = 403 },
            HttpStatusCode.Forbidden
        );
        await EnterPinAsync(page, "1111");
        // What was typed into the first one is gone with it.
        Assert.NotSame(first, Pin());

        TypedField Pin() => page.FindComponents<TypedField>().Single(field => field.Instance.Id == "pin").Instance;
    }

    [Fact]
    public async Task A_payment_that_needs_a_PIN_goes_on_with_it_under_the_same_key_and_body()
    {
        AsksForPin("new_payee");
        var page = await ReviewAsync();
        await PressAsync(page, "Send ₹250.00");
        Assert.Contains(
            "You pay Neha Iyer for the first time, or after a long time. Enter your payment PIN to go on.",
            page.Markup,
            StringComparison.Ordinal
        );
        var field = page.Find("#pin");
        Assert.Equal(
            ("password", "numeric", "off"),
            (field.GetAttribute("type"), field.GetAttribute("inputmode"), field.GetAttribute("autocomplete"))
        );
        Api.Answers("POST /auth/confirm", new { confirmation = "signed", expiresIn = 300 })
            .Answers("POST /transactions", People.Payment(), HttpStatusCode.Accepted);
        await EnterPinAsync(page, "2468");
        await page.WaitForAssertionAsync(() => Assert.Contains("Neha Iyer got", page.Markup, StringComparison.Ordinal));
        Assert.Equal(["/transactions", "/auth/confirm", "/transactions"], Api.Posted.Select(posted => posted.Path));
        Assert.Equal((null, "signed"), (Api.Posted[0].Confirmation, Api.Posted[2].Confirmation));
        Assert.Equal((Api.Posted[0].Key, Api.Posted[0].Body), (Api.Posted[2].Key, Api.Posted[2].Body));
        Assert.Equal(
            JsonSerializer.Serialize(
                new
                {
                    fromAccount = People.AshaId,
                    toAccount = People.NehaId,
                    amount = "250.00",
                    currency = "INR",
                    pin = "2468",
                }
            ),
            Api.Posted[1].Body
        );
    }

    [Theory]
    [InlineData("wrong_pin", 403, "The payment PIN is wrong. Try again. Nothing was sent.")]
    [InlineData(
        "too_many_tries",
        429,
        "Too many wrong attempts. Wait a while, or set a new PIN with your password. Nothing was sent."
    )]
    public async Task A_refused_PIN_says_what_to_do_and_keeps_what_was_typed(string code, int status, string said)
    {
        AsksForPin("amount");
        var page = await ReviewAsync();
        await PressAsync(page, "Send ₹250.00");
        Assert.Contains("Payments of this size need your payment PIN.", page.Markup, StringComparison.Ordinal);
        Api.Answers("POST /auth/confirm", new ApiProblem { Code = code, Status = status }, (HttpStatusCode)status);
        await EnterPinAsync(page, "1111");
        Assert.Equal(said, page.Find("#pin-error").TextContent);
        Assert.Equal("", page.Find("#pin").GetAttribute("value") ?? "");
        await PressAsync(page, "Back");
        Assert.Equal("250", page.Find("#amount").GetAttribute("data-initial"));
        Assert.Single(Api.Posted, posted => posted.Path == "/transactions");
    }

    [Fact]
    public async Task A_PIN_that_could_not_be_checked_can_be_entered_again_and_an_old_confirmation_asks_anew()
    {
        AsksForPin("amount");
        var page = await ReviewAsync();
        await PressAsync(page, "Send ₹250.00");
        Api.IsAway("POST /auth/confirm");
        await EnterPinAsync(page, "2468");
        Assert.Equal(
            "We could not check your PIN. Try again in a moment. Nothing was sent.",
            page.Find("#pin-error").TextContent
        );
        Api.Answers("POST /auth/confirm", new { confirmation = "signed", expiresIn = 300 })
            .Answers(
                "POST /transactions",
                new ApiProblem { Code = "confirmation_invalid", Status = 403 },
                HttpStatusCode.Forbidden
            );
        await EnterPinAsync(page, "2468");
        Assert.Contains("That took too long. Enter your payment PIN again.", page.Markup, StringComparison.Ordinal);
        Assert.Empty(page.FindAll("#pin-error"));
    }

    [Fact]
    public async Task A_confirmed_payment_whose_answer_was_lost_is_tried_again_with_its_confirmation()
    {
        AsksForPin("amount");
        var page = await ReviewAsync();
        await PressAsync(page, "Send ₹250.00");
        Api.Answers("POST /auth/confirm", new { confirmation = "signed", expiresIn = 300 })
            .IsAway("POST /transactions");
        await EnterPinAsync(page, "2468");
        Assert.Equal("We don't know whether it went through", page.Find("#sheet-title").TextContent);
        Api.Answers("POST /transactions", People.Payment(), HttpStatusCode.Accepted);
        await PressAsync(page, "Try again");
        await page.WaitForAssertionAsync(() => Assert.Contains("Neha Iyer got", page.Markup, StringComparison.Ordinal));
        Assert.Equal(Api.Posted[^2], Api.Posted[^1]);
        Assert.Equal("signed", Api.Posted[^1].Confirmation);
    }

    [Fact]
    public async Task Without_a_PIN_one_is_set_first_and_the_way_leads_back()
    {
        AsksForPin("new_payee");
        Api.Answers("/auth/second-factor", new Protection(false, 0, false, false));
        var page = await ReviewAsync();
        await Send(page);
        Assert.Empty(page.FindAll("#pin"));
        Assert.Equal(
            "/me/security/pin?return=%2Fsend%3Fto%3D%2540neha",
            page.FindAll("dialog a").Single(link => link.TextContent.Trim() == "Set a PIN").GetAttribute("href")
        );
    }

    [Theory]
    [InlineData("5000", false, "Send ₹250.00")]
    [InlineData("100", true, "Continue")]
    [InlineData("5000", null, "Continue")]
    public async Task The_first_button_says_whether_a_PIN_follows(string confirmAbove, bool? isLarge, string button)
    {
        Api.Answers(
                "/limits",
                new LimitList([
                    Limits("20000.00").Items[0] with
                    {
                        ConfirmAbove = confirmAbove,
                        KnowsPayee = isLarge is not null,
                    },
                ])
            )
            .Answers("/auth/second-factor", new Protection(false, 0, true, false));
        Assert.Contains(
            button,
            (await ReviewAsync()).Find("dialog button[type=submit]").TextContent,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task The_sheet_that_asks_for_a_PIN_says_what_is_confirmed()
    {
        AsksForPin("amount");
        var page = await ReviewAsync();
        await Send(page);
        page.Find("#pin");
        var sheet = page.Find("dialog").TextContent;
        Assert.All(
            ["₹250.00", "Neha Iyer", "@neha", "•••• 9033", "Asha Rao", "•••• 9011"],
            fact => Assert.Contains(fact, sheet, StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task A_wrong_PIN_says_how_many_tries_are_left_and_a_locked_one_until_when()
    {
        AsksForPin("amount");
        var page = await ReviewAsync();
        await Send(page);
        Api.Answers(
            "POST /auth/confirm",
            new ApiProblem
            {
                Code = "wrong_pin",
                Status = 403,
                TriesLeft = 2,
            },
            HttpStatusCode.Forbidden
        );
        await EnterPinAsync(page, "1111");
        Assert.Equal(
            "The payment PIN is wrong. You have 2 attempts left. Nothing was sent.",
            page.Find("#pin-error").TextContent
        );
        Api.Answers(
            "POST /auth/confirm",
            new ApiProblem
            {
                Code = "too_many_tries",
                Status = 429,
                LockedUntil = People.Noon.AddMinutes(20),
            },
            HttpStatusCode.TooManyRequests
        );
        await EnterPinAsync(page, "1111");
        Assert.Equal(
            "Too many wrong attempts. Your PIN is locked until 12:20. To unlock it now, "
                + "set a new one with your password. Nothing was sent.",
            page.Find("#pin-error").TextContent
        );
        Assert.Contains(page.FindAll("dialog a"), link => link.TextContent == "Forgot PIN?");
    }

    [Fact]
    public async Task What_changed_behind_the_sheet_is_not_confirmed()
    {
        var open = JSInterop
            .Setup<Dictionary<string, string>?>("payflow.open", _ => true)
            .SetResult(new Dictionary<string, string>(StringComparer.Ordinal) { ["amount"] = "9.90", ["note"] = "" });
        var page = await ReviewAsync();
        Assert.Empty(page.FindAll("#sheet-title"));
        Assert.Contains(
            "changed while you pressed Review",
            page.Find("[role=alert]").TextContent,
            StringComparison.Ordinal
        );
        // The sheet that opens then shows what the fields show.
        open.SetResult(null);
        await ReviewAsync(page, "9.90");
        Assert.Equal("₹9.90", page.Find("#sheet-title").TextContent);
    }

    [Fact]
    public async Task A_sheet_whose_form_shows_something_else_sends_nothing()
    {
        var page = await ReviewAsync();
        await page.Find("dialog form")
            .TriggerEventAsync(
                "onsubmitted",
                new SubmittedEventArgs
                {
                    Values = new Dictionary<string, string>(StringComparer.Ordinal)
                    {
                        ["amount"] = "88.80",
                        ["note"] = "",
                    },
                }
            );
        Assert.Empty(Api.Posted);
        Assert.Contains("Nothing was sent.", page.Find("[role=alert]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_typed_for_one_payee_is_not_for_another()
    {
        var page = await ReviewAsync();
        Api.Answers(
            "/accounts/lookup",
            People.Neha with
            {
                Id = People.AshaOwner,
                DisplayName = "Chai Point",
                Handle = "@chaipoint",
            }
        );
        Services.GetRequiredService<NavigationManager>().NavigateTo("/send?to=@chaipoint");
        await page.WaitForAssertionAsync(() =>
            Assert.Contains("Chai Point", page.Find(".payee").TextContent, StringComparison.Ordinal)
        );
        Assert.Equal(
            ("", ""),
            (page.Find("#amount").GetAttribute("data-initial"), page.Find("#note").GetAttribute("data-initial"))
        );
        Assert.Contains(
            People.AshaOwner.ToString(),
            page.Find("#send-form").GetAttribute("data-kept"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_draft_is_offered_with_its_payee()
    {
        JSInterop
            .Setup<List<TypedDraft>?>("payflow.typedDrafts", _ => true)
            .SetResult([
                new TypedDraft(
                    People.Neha,
                    new Dictionary<string, string>(StringComparer.Ordinal) { ["amount"] = "55" }
                ),
            ]);
        var chip = Visit("/send").Find(".chips a");
        Assert.Equal(
            ("Continue: ₹55.00 to Neha Iyer", $"/send?to={People.NehaId}"),
            (chip.TextContent, chip.GetAttribute("href"))
        );
    }

    [Fact]
    public async Task The_same_payment_within_a_minute_is_asked_about()
    {
        Api.Answers(
            History,
            Page(People.Payment(Transaction.Completed) with { CreatedAt = Clock.GetUtcNow().AddSeconds(-20) })
        );
        await Session.LoadRecentAsync();
        var page = await ReviewAsync();
        Assert.Contains("Send it again?", page.Find("dialog .notice").TextContent, StringComparison.Ordinal);
        Assert.Equal("Send ₹250.00 again", page.Find("dialog button[type=submit]").TextContent.Trim());
        Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Empty((await ReviewAsync()).FindAll("dialog .notice"));
    }

    [Fact]
    public async Task A_link_with_an_amount_fills_it_in_once()
    {
        var page = Visit("/send?to=@neha&amount=40");
        Assert.Equal("40", page.Find("#amount").GetAttribute("data-initial"));
        Assert.NotNull(page.Find("#send-form").GetAttribute("data-fresh"));
        Assert.EndsWith(
            "/send?to=%40neha",
            Services.GetRequiredService<NavigationManager>().Uri,
            StringComparison.Ordinal
        );
        await ReviewAsync(page, "40");
        Assert.Equal("₹40.00", page.Find("#sheet-title").TextContent);
    }

    [Theory]
    [InlineData("/send?to=@neha")]
    [InlineData("/send?to=00000000-0000-7000-8001-000000000003")]
    public void A_link_to_a_closed_wallet_says_so_and_opens_no_form(string link)
    {
        HasClosed();
        var page = Visit(link);
        page.WaitForAssertion(() =>
            Assert.Equal(SendText.PayeeClosed("Neha Iyer"), page.Find("[role=alert]").TextContent)
        );
        Assert.Empty(page.FindAll("#amount"));
        Assert.Equal("Closed their wallet", page.Find(".row.gone .row-note").TextContent);
        Assert.Empty(page.FindAll("button.row"));
    }

    [Theory]
    [InlineData("123456789033", true)]
    [InlineData("Neha", false)]
    public async Task A_closed_wallet_that_is_looked_for_is_not_offered(string typed, bool isNumber)
    {
        HasClosed();
        if (isNumber)
            Api.Answers("/accounts/lookup", People.Neha with { IsClosed = true });
        var page = Visit("/send");
        await page.Find("#payee").TypeAsync(typed);
        Assert.Empty(page.FindAll("button.row"));
        await page.Find("form[role=search]").SubmitAsync(("to", typed));
        page.WaitForAssertion(() =>
            Assert.Equal(SendText.PayeeClosed("Neha Iyer"), page.Find("[role=alert]").TextContent)
        );
        Assert.Empty(page.FindAll("#amount"));
    }

    [Theory]
    [InlineData("frozen", "Nothing can be sent until your wallet is unfrozen.")]
    [InlineData("closed", "Nothing can be sent from a closed wallet.")]
    public async Task A_wallet_that_cannot_send_promises_no_amount_and_opens_no_sheet(string status, string says)
    {
        Api.Answers(AshaAccount, People.Asha with { Status = status, FrozenBy = status == "frozen" ? "holder" : null });
        await OpenAsync();
        var page = await ReviewAsync();
        Assert.Equal(says, page.Find("#amount-hint").TextContent);
        Assert.True(page.Find("#send-form button[type=submit]").HasAttribute("disabled"));
        Assert.Empty(page.FindAll("#sheet-title"));
    }

    [Fact]
    public async Task A_slow_answer_is_said_to_be_slow()
    {
        Api.Waits("POST /transactions");
        var page = await ReviewAsync();
        _ = Send(page);
        await page.WaitForAssertionAsync(() => Assert.Equal("Sending", page.Find("dialog [role=status]").TextContent));
        Clock.Advance(TimeSpan.FromSeconds(2));
        await page.WaitForAssertionAsync(() =>
            Assert.Equal(
                "Taking longer than usual. You can leave; we'll tell you.",
                page.Find("dialog [role=status]").TextContent
            )
        );
    }

    /// <summary>As Accounts answers: by its id and number, and no more by its handle.</summary>
    private void HasClosed()
    {
        Api.Answers(History, Page(People.Payment(Transaction.Completed)))
            .Answers("/accounts/lookup", new ApiProblem { Status = 404 }, HttpStatusCode.NotFound)
            .Answers($"/accounts/lookup?to={People.NehaId}&currency=INR", People.Neha with { IsClosed = true });
        _ = Session.LoadRecentAsync();
    }

    private static TransactionCompleted Ended(Guid payment) =>
        new(
            new TransactionFacts(
                TenantId.Default,
                new TransactionId(payment),
                TransactionType.Transfer,
                new Participant(new AccountId(People.AshaId), null, "Asha Rao", "@asha"),
                new Participant(new AccountId(People.NehaId), null, "Neha Iyer", "@neha"),
                "250.00",
                "INR",
                "Lunch",
                People.Noon,
                People.Noon.AddMilliseconds(210)
            )
        );

    private static LimitList Limits(string day) =>
        new([
            new AccountLimits(
                People.AshaId,
                "INR",
                new Limit("10000.00", null, "10000.00", null),
                new Limit(
                    "20000.00",
                    "19600.00",
                    day,
                    new DateTimeOffset(2026, 11, 25, 0, 0, 0, TimeSpan.FromHours(5.5))
                ),
                new Limit(
                    "100000.00",
                    "19600.00",
                    "80400.00",
                    new DateTimeOffset(2026, 12, 1, 0, 0, 0, TimeSpan.FromHours(5.5))
                )
            ),
        ]);

    private void AsksForPin(string reason) =>
        Api.Answers(
            "POST /transactions",
            new ApiProblem
            {
                Code = "confirmation_required",
                Status = 403,
                Reason = reason,
            },
            HttpStatusCode.Forbidden
        );

    private static Task EnterPinAsync(IRenderedComponent<SendPage> page, string pin)
    {
        return page.Find("dialog form").SubmitAsync(("pin", pin));
    }

    private IRenderedComponent<SendPage> Visit(string page = "/send?to=@neha")
    {
        Services.GetRequiredService<NavigationManager>().NavigateTo(page);
        return Render<SendPage>();
    }

    private async Task<IRenderedComponent<SendPage>> ReviewAsync()
    {
        var page = Visit();
        await ReviewAsync(page, "250");
        return page;
    }

    private static Task ReviewAsync(IRenderedComponent<SendPage> page, string amount)
    {
        return page.Find("#send-form").SubmitAsync(("amount", amount));
    }

    private static Task Send(IRenderedComponent<SendPage> page) => PressAsync(page, "Send ₹250.00");

    private static Task PressAsync(IRenderedComponent<SendPage> page, string name)
    {
        var button = page.FindAll("button").First(button => button.TextContent.Trim() == name);
        return button.GetAttribute("type") == "submit" ? button.Closest("form")!.SubmitAsync() : button.ClickAsync();
    }
}
