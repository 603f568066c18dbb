using System.Net;
using System.Net.Http.Json;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using PayFlow.Web.Api;
using PayFlow.Web.Shared;
using PayFlow.Web.Wallet.Accounts;
using PayFlow.Web.Wallet.Activity;
using PayFlow.Web.Wallet.Home;
using PayFlow.Web.Wallet.Inbox;
using PayFlow.Web.Wallet.Layout;
using PayFlow.Web.Wallet.Send;

namespace PayFlow.Web.Tests;

/// <summary>Every page has its four states: skeleton, data, empty, and an error that keeps what was there.</summary>
public sealed class PagesTests : OpenWallet
{
    private const string Skeleton = "[aria-busy=true]";

    [Fact]
    public async Task Activity_shows_a_skeleton_then_the_payments_by_day()
    {
        var answer = Api.Waits(History);
        var page = Render<ActivityPage>();
        Assert.NotEmpty(page.FindAll(Skeleton));
        answer.SetResult(
            new HttpResponseMessage { Content = JsonContent.Create(Page(People.Payment(Transaction.Completed))) }
        );
        await page.WaitForAssertionAsync(() => Assert.Equal("Today", page.Find("h2").TextContent));
        Assert.Contains("−₹250.00", page.Find("a.row").TextContent, StringComparison.Ordinal);
        Assert.Empty(page.FindAll(Skeleton));
    }

    [Fact]
    public void Activity_that_is_empty_offers_the_next_step()
    {
        var page = Render<ActivityPage>();
        Assert.Contains("Nothing here yet", page.Markup, StringComparison.Ordinal);
        Assert.Equal("/send", page.Find(".empty a").GetAttribute("href"));
    }

    [Fact]
    public void Activity_that_cannot_be_read_says_so_and_reads_again_on_request()
    {
        Api.IsAway(History);
        var page = Render<ActivityPage>();
        Assert.Contains(
            "We can't load your activity right now.",
            page.Find("[role=alert]").TextContent,
            StringComparison.Ordinal
        );
        Api.Answers(History, Page(People.Payment()));
        page.Find("[role=alert] button").Click();
        Assert.Contains("On its way", page.Find("a.row").TextContent, StringComparison.Ordinal);
        Assert.Empty(page.FindAll("[role=alert]"));
    }

    [Fact]
    public async Task Activity_keeps_its_rows_when_reading_again_fails()
    {
        Api.Answers(History, Page(People.Payment(Transaction.Completed)));
        var page = Render<ActivityPage>();
        Api.IsAway(History).IsAway(AshaAccount);
        await page.InvokeAsync(Live.OnResubscribed);
        await page.WaitForAssertionAsync(() =>
            Assert.Contains("may be a little old", page.Find("[role=alert]").TextContent, StringComparison.Ordinal)
        );
        Assert.Single(page.FindAll("a.row"));
    }

    [Fact]
    public void Activity_loads_more_by_cursor_and_keeps_what_is_there_when_that_fails()
    {
        var second = People.Payment(Transaction.Completed) with
        {
            Id = new Guid("00000000-0000-7000-8003-000000000002"),
            CreatedAt = People.Noon.AddDays(-1),
        };
        Api.Answers(History, new ListPage<Transaction>([People.Payment(Transaction.Completed)], "next"));
        var page = Render<ActivityPage>();
        Api.IsAway(History);
        page.Find(".more button").Click();
        Assert.Single(page.FindAll("a.row"));
        Assert.NotEmpty(page.FindAll(".more [role=alert]"));
        Api.Answers(History, Page(second));
        page.Find(".more button").Click();
        Assert.Equal(["Today", "Yesterday"], page.FindAll("h2").Select(day => day.TextContent));
    }

    [Fact]
    public void Home_shows_balance_people_and_what_needs_a_look()
    {
        Api.Answers(History, Page(People.Payment()));
        _ = Session.LoadRecentAsync();
        var page = Render<HomePage>();
        Assert.Equal("₹1,000.00", page.Find(".money").TextContent);
        Assert.Contains("₹250.00 to Neha Iyer is on its way.", page.Markup, StringComparison.Ordinal);
        Assert.Equal("Send to Neha", page.Find("a.person > span:last-child").TextContent);
    }

    [Fact]
    public void Home_hides_every_amount_behind_the_eye()
    {
        Api.Answers(History, Page(People.Payment()));
        _ = Session.LoadRecentAsync();
        var page = Render<HomePage>();
        page.Find("[aria-label='Hide amounts']").Click();
        Assert.DoesNotContain("₹", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void A_payment_page_tells_its_state_in_a_sentence()
    {
        Api.Answers($"/transactions/{People.PaymentId}", People.Payment(Transaction.Completed));
        var page = Render<TransactionPage>(parameters => parameters.Add(p => p.Id, People.PaymentId));
        Assert.Equal("Neha Iyer got ₹250.00 · 0.2 s.", page.Find("[role=status]").TextContent);
        Assert.Contains(People.PaymentId.ToString(), page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void A_failed_payment_says_why_and_that_the_money_is_safe()
    {
        Api.Answers(
            $"/transactions/{People.PaymentId}",
            People.Payment(Transaction.Failed, reason: "insufficient_funds")
        );
        var page = Render<TransactionPage>(parameters => parameters.Add(p => p.Id, People.PaymentId));
        Assert.Equal(
            "Neha Iyer did not get ₹250.00. Your wallet did not have enough money. Send "
                + "less, or add money first. Your money is safe.",
            page.Find("[role=status]").TextContent
        );
    }

    [Fact]
    public void A_payment_that_failed_towards_us_is_not_shown()
    {
        var failed = People.Payment(Transaction.Failed, reason: "insufficient_funds") with
        {
            FromAccount = People.NehaId,
            ToAccount = People.AshaId,
        };
        Api.Answers($"/transactions/{People.PaymentId}", failed);
        var page = Render<TransactionPage>(parameters => parameters.Add(p => p.Id, People.PaymentId));
        Assert.Contains("There is no such payment", page.Markup, StringComparison.Ordinal);
        Assert.DoesNotContain("₹250.00", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_payment_to_another_account_of_ones_own_is_told_from_its_side()
    {
        var second = new Guid("00000000-0000-7000-8001-000000000002");
        Api.Answers("/accounts/me", Page(People.Asha, People.Asha with { Id = second, Currency = "USD" }))
            .Answers(
                $"/transactions/{People.PaymentId}",
                People.Payment(Transaction.Completed) with
                {
                    FromAccount = People.NehaId,
                    FromName = "Neha Iyer",
                    ToAccount = second,
                    Currency = "USD",
                }
            );
        await OpenAsync();
        var page = Render<TransactionPage>(parameters => parameters.Add(p => p.Id, People.PaymentId));
        Assert.Equal("Neha Iyer sent you $250.00.", page.Find("[role=status]").TextContent);
        Assert.Contains("+$250.00", page.Find(".receipt-amount").TextContent, StringComparison.Ordinal);
        Assert.Empty(page.FindAll("a[href^='/send']"));
    }

    [Fact]
    public void The_inbox_tells_no_amount_while_amounts_are_hidden()
    {
        Session.HideAmounts(true);
        Api.Answers(
            "/notifications",
            new ListPage<Notification>(
                [new Notification(People.PaymentId, "money_received", "Vikram sent you ₹20.00", "Rent", People.Noon)],
                null,
                1
            )
        );
        var page = Render<NotificationsPage>();
        Assert.Equal("Money arrived", page.Find(".row-title").TextContent);
        Assert.DoesNotContain("₹", page.Markup, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "Inbox")]
    [InlineData(3, "Inbox, 3 unread")]
    [InlineData(100, "Inbox, 99+ unread")]
    public void The_name_of_the_inbox_is_what_is_read_on_it(int unread, string name)
    {
        var navigation = Render<MainNavigation>(parameters =>
            parameters.Add(p => p.IsOpen, true).Add(p => p.Unread, unread)
        );
        Assert.Equal(
            name,
            string.Join(
                ' ',
                navigation
                    .Find("a[href='/notifications']")
                    .TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
            )
        );
    }

    [Fact]
    public void A_balance_tells_how_it_moved_since_midnight_however_busy_the_day_was()
    {
        Api.Answers($"{AshaAccount}/balance", new PastBalance("0.00", "INR", 0));
        _ = Session.LoadDayStartAsync();
        Assert.DoesNotContain("midnight", Render<HomePage>().Markup, StringComparison.Ordinal);
        Api.Answers($"{AshaAccount}/balance", new PastBalance("1250.00", "INR", 7));
        _ = Session.LoadDayStartAsync();
        Assert.Contains(
            "₹250.00 less than at midnight",
            Render<HomePage>().Find(".hero-more").TextContent,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Somebody_who_has_closed_their_wallet_is_shown_and_not_offered()
    {
        Api.Answers(History, Page(People.Payment(Transaction.Completed)))
            .Answers("/accounts/lookup", People.Neha with { IsClosed = true });
        await Session.LoadRecentAsync();
        var page = Render<HomePage>();
        Assert.Empty(page.FindAll("a.person"));
        Assert.Contains("Closed their wallet", page.Find(".person.gone").TextContent, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("frozen", "holder", "Your wallet is frozen", true)]
    [InlineData("frozen", "operator", "Contact support", false)]
    [InlineData("closed", null, "This wallet is closed", false)]
    public async Task A_wallet_that_cannot_send_says_so_and_offers_nothing_that_cannot_work(
        string status,
        string? by,
        string says,
        bool unfreezes
    )
    {
        JSInterop.Setup<Browser.Surroundings?>("payflow.surroundings");
        Api.Answers(AshaAccount, People.Asha with { Status = status, FrozenBy = by })
            .Answers(History, Page(People.Payment(Transaction.Completed)));
        await OpenAsync();
        var layout = Render<MainLayout>(parameters =>
            parameters.Add(
                p => p.Body,
                builder =>
                {
                    builder.OpenComponent<HomePage>(0);
                    builder.CloseComponent();
                }
            )
        );
        Assert.Contains(says, layout.Find(".account-notice").TextContent, StringComparison.Ordinal);
        Assert.Empty(layout.FindAll("a[href^='/send']"));
        var unfreeze = layout.FindAll(".account-notice button");
        Assert.Equal(unfreezes, unfreeze.Count == 1);
        if (!unfreezes)
            return;
        Api.Answers($"POST {AshaAccount}/unfreeze", People.Asha).Answers(AshaAccount, People.Asha);
        await unfreeze[0].ClickAsync();
        await layout.WaitForAssertionAsync(() => Assert.Empty(layout.FindAll(".account-notice")));
        Assert.NotEmpty(layout.FindAll("a[href='/send']"));
    }

    [Fact]
    public async Task What_needs_a_look_is_put_away_and_stays_so()
    {
        Api.Answers(History, Page(People.Payment(Transaction.Failed, reason: "expired")));
        await Session.LoadRecentAsync();
        var page = Render<HomePage>();
        await page.Find(".dismissable button").ClickAsync();
        Assert.Empty(page.FindAll(".dismissable"));
        JSInterop.Setup<string[]?>("payflow.dismissed", _ => true).SetResult([$"{People.PaymentId} failed"]);
        Assert.Empty(Render<HomePage>().FindAll(".dismissable"));
        JSInterop.Setup<string[]?>("payflow.dismissed", _ => true).SetResult([$"{People.PaymentId} pending"]);
        Assert.Single(Render<HomePage>().FindAll(".dismissable"));
    }

    [Fact]
    public async Task A_wallet_that_is_not_there_yet_has_a_heading_of_its_own()
    {
        JSInterop.Setup<Browser.Surroundings?>("payflow.surroundings");
        Api.IsAway(AshaAccount);
        await OpenAsync();
        var layout = Render<MainLayout>();
        Assert.Equal("PayFlow", layout.Find("h1").TextContent);
        Assert.Equal("We can't reach your account right now", layout.Find("h2").TextContent);
    }

    [Theory]
    [InlineData("@9876543210", "@9876543210")]
    [InlineData("1234 5678 9012", "123456789012")]
    [InlineData("Neha", "@neha")]
    [InlineData("9876543210", null)]
    [InlineData("Ravi Kumar", null)]
    public async Task What_is_typed_to_find_somebody_is_looked_up_or_says_what_to_type(string typed, string? address)
    {
        Api.Answers(
            "/accounts/lookup",
            new ApiProblem { Code = "account_not_found", Status = 404 },
            HttpStatusCode.NotFound
        );
        var search = Render<PayeeSearch>();
        await search.Find("input").TypeAsync(typed);
        var said = address is { } asked
            ? asked[0] == '@'
                ? $"Nobody was found for {asked}. Check the spelling."
                : $"No account has the number {asked}. Check the digits."
            : typed.All(char.IsAsciiDigit)
                ? "An account number has 12 digits. This has 10."
                : "Nobody you have paid matches that. To find others, type their whole @handle, or the 12 digits of "
                    + "their account number.";
        // It is no error while somebody may still be typing; with Enter it is.
        await search.WaitForAssertionAsync(() => Assert.Equal(said, search.Find("[role=status]").TextContent));
        Assert.Empty(search.FindAll("[role=alert]"));
        await search.Find("form").SubmitAsync(("to", typed));
        Assert.Equal(said, search.Find("[role=alert]").TextContent);
    }

    [Theory]
    [InlineData("@neha")]
    [InlineData("1234-5678-9012")]
    public async Task Enter_chooses_the_only_one_who_is_found(string typed)
    {
        Api.Answers("/accounts/lookup", People.Neha);
        Payee? chosen = null;
        var search = Render<PayeeSearch>(parameters => parameters.Add(one => one.OnChosen, payee => chosen = payee));
        await search.Find("form").SubmitAsync(("to", typed));
        Assert.Equal(People.Neha, chosen);
    }

    [Fact]
    public async Task Enter_chooses_the_only_one_who_is_known_by_the_name()
    {
        Api.Answers(History, Page(People.Payment(Transaction.Completed))).Answers("/accounts/lookup", People.Neha);
        await Session.LoadRecentAsync();
        Payee? chosen = null;
        var search = Render<PayeeSearch>(parameters => parameters.Add(one => one.OnChosen, payee => chosen = payee));
        await search.Find("form").SubmitAsync(("to", "Neha I"));
        Assert.Equal(People.Neha, chosen);
    }

    [Theory]
    [InlineData(404, "Neha Iyer can't be paid in rupees any more.")]
    [InlineData(429, "PayFlow is very busy right now. Try again in a moment.")]
    [InlineData(403, "You may not.")]
    public async Task Somebody_known_who_cannot_be_looked_up_is_not_said_to_be_unpayable_for_any_reason(
        int status,
        string said
    )
    {
        Api.Answers(History, Page(People.Payment(Transaction.Completed)))
            .Answers(
                "/accounts/lookup",
                new ApiProblem { Detail = "You may not.", Status = status },
                (HttpStatusCode)status
            );
        await Session.LoadRecentAsync();
        var search = Render<PayeeSearch>();
        await search.Find("button.row").ClickAsync();
        Assert.Equal(said, search.Find(".reason").TextContent);
    }

    [Fact]
    public void A_payment_page_has_its_missing_and_its_error_state()
    {
        Assert.Contains(
            "There is no such payment",
            Render<TransactionPage>(parameters => parameters.Add(p => p.Id, People.PaymentId)).Markup,
            StringComparison.Ordinal
        );
        Api.IsAway($"/transactions/{People.PaymentId}");
        Assert.Contains(
            "We can't load this payment",
            Render<TransactionPage>(parameters => parameters.Add(p => p.Id, People.PaymentId)).Markup,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void The_inbox_has_data_empty_and_error_and_marks_read()
    {
        Assert.Contains("No notifications yet", Render<NotificationsPage>().Markup, StringComparison.Ordinal);
        Api.IsAway("/notifications");
        Assert.Contains(
            "We can't load your notifications",
            Render<NotificationsPage>().Markup,
            StringComparison.Ordinal
        );

        var note = new Notification(
            new Guid("00000000-0000-7000-8005-000000000001"),
            "payment_received",
            "Vikram sent you ₹20.00",
            "Rent",
            People.Noon
        );
        Api.Answers("/notifications", new ListPage<Notification>([note], null, 1));
        var page = Render<NotificationsPage>();
        Assert.Equal(1, Session.Unread);
        Api.Answers($"POST /notifications/{note.Id}/read", new { }, HttpStatusCode.NoContent);
        Assert.Equal("/me", page.Find("a.row").GetAttribute("href"));
        page.Find("a.row").Click();
        Assert.Equal(0, Session.Unread);
        Assert.Empty(page.FindAll(".unread"));
    }

    [Fact]
    public async Task All_of_the_inbox_is_marked_read_not_only_what_is_loaded()
    {
        var note = new Notification(
            People.PaymentId,
            "money_received",
            "Vikram sent you ₹20.00",
            "Rent",
            People.Noon,
            null,
            People.PaymentId
        );
        Api.Answers("/notifications", new ListPage<Notification>([note], "more", 57))
            .Answers("POST /notifications/read", new { }, HttpStatusCode.NoContent);
        var page = Render<NotificationsPage>();
        Assert.Equal($"/activity/{People.PaymentId}", page.Find("a.row").GetAttribute("href"));
        Api.Answers("/notifications", new ListPage<Notification>([note], "more"));
        await page.FindAll("button").Single(button => button.TextContent == "Mark all read").ClickAsync();
        Assert.Contains(Api.Posted, posted => posted.Path == "/notifications/read");
        Assert.Equal(0, Session.Unread);
        Assert.Empty(page.FindAll(".unread"));
    }

    [Fact]
    public void The_filter_of_activity_is_in_its_address()
    {
        Services.GetRequiredService<NavigationManager>().NavigateTo("/activity?status=failed");
        var page = Render<ActivityPage>();
        Assert.Equal("Failed", page.Find(".filter.chosen").TextContent);
        Assert.Contains("Nothing has failed", page.Markup, StringComparison.Ordinal);
    }
}
