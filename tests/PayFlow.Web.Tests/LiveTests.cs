using System.Net.Http.Json;
using System.Security.Claims;
using Bunit;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.DependencyInjection;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Messaging;
using PayFlow.Web.Api;
using PayFlow.Web.Live;
using PayFlow.Web.Shared;
using PayFlow.Web.Wallet.Activity;
using PayFlow.Web.Wallet.Home;
using PayFlow.Web.Wallet.Inbox;
using PayFlow.Web.Wallet.Layout;
using PayFlow.Web.Wallet.Session;

namespace PayFlow.Web.Tests;

public sealed class LiveTests : OpenWallet
{
    private readonly List<(string Text, bool IsGood)> _said = [];

    public LiveTests() => Session.Notice += (text, isGood) => _said.Add((text, isGood));

    [Fact]
    public void The_highest_version_of_a_balance_stays_whatever_the_order()
    {
        Live.Publish(BalanceOf("1020.00", 5));
        Live.Publish(BalanceOf("990.00", 4));
        Live.Publish(BalanceOf("1020.00", 5));
        Assert.Equal(("1020.00", 5L), (Session.Balance!.Available, Session.Balance.Version));
    }

    [Fact]
    public void A_late_read_does_not_cover_a_newer_event()
    {
        Live.Publish(BalanceOf("1020.00", 5));
        _ = Session.LoadBalanceAsync();
        Assert.Equal("1020.00", Session.Balance!.Available);
    }

    [Fact]
    public void Money_that_arrives_is_seen_and_said_once()
    {
        var page = Render<HomePage>();
        var arrived = new TransactionCompleted(Facts(from: People.NehaId, to: People.AshaId));
        Live.Publish(BalanceOf("1020.00", 5));
        Live.Publish(arrived);
        Live.Publish(arrived);
        page.WaitForAssertion(() => Assert.Equal("₹1,020.00", page.Find(".money").TextContent));
        Assert.Contains("+₹20.00", page.Find("a.row").TextContent, StringComparison.Ordinal);
        Assert.Single(page.FindAll("a.row"));
        Assert.Equal([("Neha Iyer sent you ₹20.00", true)], _said);
    }

    [Fact]
    public void A_pending_row_settles_and_never_goes_back()
    {
        Session.Show(People.Payment() with { Id = Payment.Value });
        Live.Publish(new TransactionCompleted(Facts(People.AshaId, People.NehaId)));
        Session.Show(People.Payment() with { Id = Payment.Value });
        Assert.Equal(Transaction.Completed, Session.Recent.Value!.Items.Single().Status);
    }

    [Fact]
    public void A_failed_payment_is_told_to_the_payer_only()
    {
        Live.Publish(
            new TransactionFailed(Facts(from: People.NehaId, to: People.AshaId), FailureReason.InsufficientFunds)
        );
        Assert.Empty(Session.Recent.Value!.Items);
        Assert.Empty(_said);
        Live.Publish(
            new TransactionFailed(Facts(from: People.AshaId, to: People.NehaId), FailureReason.InsufficientFunds)
        );
        Assert.Equal("insufficient_funds", Session.Recent.Value!.Items.Single().FailureReason);
        Assert.False(Assert.Single(_said).IsGood);
    }

    [Fact]
    public void What_is_said_in_passing_tells_no_amount_while_amounts_are_hidden()
    {
        Session.HideAmounts(true);
        Live.Publish(new TransactionCompleted(Facts(from: People.NehaId, to: People.AshaId)));
        Assert.Equal([("Neha Iyer sent you money", true)], _said);
        _said.Clear();
        Live.Publish(new TransactionFailed(Facts(from: People.AshaId, to: People.NehaId), FailureReason.AccountFrozen));
        Assert.Equal(
            [
                (
                    "Neha Iyer did not get your payment. Your account is frozen. Contact "
                        + "support to unfreeze it, then send the payment again. Your money is safe.",
                    false
                ),
            ],
            _said
        );
    }

    [Fact]
    public void A_wallet_that_stays_open_keeps_no_more_than_it_read_and_knows_that_there_is_more()
    {
        var page = Render<HomePage>();
        for (var i = 0; i <= 50; i++)
            Session.Show(Arrived(i));
        Assert.Equal((50, Arrived(50).Id), (Session.Recent.Value!.Items.Count, Session.Recent.Value.Items[0].Id));
        Assert.NotNull(Session.Recent.Value.NextCursor);
        page.Render();
    }

    [Fact]
    public async Task An_activity_that_grew_by_itself_is_read_anew_and_goes_on_from_there()
    {
        Api.Answers(History, Page(Arrived(0)));
        var page = Render<ActivityPage>();
        Api.Answers(History, new ListPage<Transaction>([Arrived(91)], "next"));
        for (var i = 1; i <= 90; i++)
            await page.InvokeAsync(() => Session.Show(Arrived(i)));
        Assert.Equal(91, page.FindAll("a.row").Count);
        await page.InvokeAsync(() => Session.Show(Arrived(91)));
        await page.WaitForAssertionAsync(() => Assert.Single(page.FindAll("a.row")));
        Assert.NotEmpty(page.FindAll(".more button"));
    }

    [Fact]
    public async Task An_inbox_that_grew_by_itself_is_read_anew()
    {
        Api.Answers("/notifications", new ListPage<Notification>([Told(91)], "next", 91));
        var page = Render<NotificationsPage>();
        for (var i = 0; i <= 89; i++)
            await page.InvokeAsync(() => Session.NotificationArrived?.Invoke(Told(i)));
        Assert.Equal(91, page.FindAll("a.row").Count);
        await page.InvokeAsync(() => Session.NotificationArrived?.Invoke(Told(90)));
        await page.WaitForAssertionAsync(() => Assert.Single(page.FindAll("a.row")));
    }

    [Fact]
    public void The_unread_badge_grows_by_what_the_service_counts()
    {
        Api.Answers("/notifications", new ListPage<Notification>([], null, 4));
        Live.Publish(
            new NotificationCreated(
                TenantId.Default,
                new NotificationId(People.PaymentId),
                new PartyId(People.AshaOwner),
                null,
                null,
                "payment_received",
                "Neha sent you ₹20.00",
                "",
                People.Noon
            )
        );
        Assert.Equal(4, Session.Unread);
    }

    [Fact]
    public void A_closed_screen_hears_nothing_and_a_failing_one_disturbs_no_other()
    {
        var (failing, healthy) = (new Listener { Fails = true }, new Listener());
        using var first = Live.Subscribe(failing, People.AshaId);
        var second = Live.Subscribe(healthy, People.AshaId);
        Live.Publish(BalanceOf("1.00", 9));
        Assert.Equal(1, healthy.Heard);
        second.Dispose();
        Live.Publish(BalanceOf("2.00", 10));
        Live.OnResubscribed();
        Assert.Equal(1, healthy.Heard);
    }

    [Fact]
    public async Task A_wallet_that_is_closed_while_it_loads_hears_of_nothing_afterwards()
    {
        Session.Close();
        using var session = ActivatorUtilities.CreateInstance<WalletSession>(Services);
        var answer = Api.Waits(AshaAccount);
        var opening = session.StartAsync(WalletPreferences.None, action => Renderer.Dispatcher.InvokeAsync(action));
        Assert.True(Live.HasListener(People.AshaId));
        session.Close();
        answer.SetResult(new HttpResponseMessage { Content = JsonContent.Create(People.Asha) });
        await opening;
        Assert.False(Live.HasListener(People.AshaId));
    }

    [Fact]
    public async Task A_page_that_is_closed_before_the_browser_has_told_of_itself_opens_no_wallet()
    {
        var surroundings = JSInterop.Setup<Browser.Surroundings?>("payflow.surroundings");
        var session = ServiceDefaults.Identifiers.SessionId.New(Clock).Value;
        var signedIn = new AuthenticationState(
            new ClaimsPrincipal(new ClaimsIdentity([new Claim(AccessClaims.Session, session.ToString())], "test"))
        );
        Render<MainLayout>(parameters => parameters.AddCascadingValue(Task.FromResult(signedIn)));
        await DisposeComponentsAsync();
        surroundings.SetResult(null);
        // What goes on after the browser's word has gone on by then.
        for (var turn = 0; turn < 3; turn++)
            await Renderer.Dispatcher.InvokeAsync(() => { });
        Assert.False(Live.HasListener(session));
    }

    [Fact]
    public void What_is_heard_from_the_broker_reads_as_its_event()
    {
        var sent = BalanceOf("1020.00", 5);
        var message = new ConsumedMessage
        {
            Topic = BalanceUpdated.TopicName,
            Partition = 0,
            Offset = 0,
            Key = "",
            Id = "1",
            Time = People.Noon,
            Body = System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(sent, EventJson.Default.BalanceUpdated),
        };
        var screen = new Listener();
        using var watching = Live.Subscribe(screen, sent.AccountId.Value);

        new ScreenListener(Live).Handle(message);

        Assert.Equal(sent, screen.Last);
    }

    private static readonly TransactionId Payment = new(new Guid("00000000-0000-7000-8003-000000000009"));

    private static Transaction Arrived(int index) =>
        People.Payment(Transaction.Completed) with
        {
            Id = new Guid($"00000000-0000-7000-8003-{index:D12}"),
            CreatedAt = People.Noon.AddSeconds(index),
        };

    private static Notification Told(int index) =>
        new(
            new Guid($"00000000-0000-7000-8005-{index:D12}"),
            "money_received",
            "Neha sent you ₹20.00",
            "",
            People.Noon
        );

    private static BalanceUpdated BalanceOf(string amount, long version) =>
        new(
            TenantId.Default,
            new AccountId(People.AshaId),
            version,
            version,
            amount,
            "0.00",
            amount,
            "INR",
            People.Noon
        );

    private static TransactionFacts Facts(Guid from, Guid to) =>
        new(
            TenantId.Default,
            Payment,
            TransactionType.Transfer,
            Side(from),
            Side(to),
            "20.00",
            "INR",
            "Rent",
            People.Noon,
            People.Noon.AddSeconds(1)
        );

    private static Participant Side(Guid account) =>
        new(
            new AccountId(account),
            null,
            account == People.AshaId ? "Asha Rao" : "Neha Iyer",
            account == People.AshaId ? "@asha" : "@neha"
        );

    private sealed class Listener : ILiveListener
    {
        public bool Fails { get; init; }

        public int Heard { get; private set; }

        public IEvent? Last { get; private set; }

        public void OnEvent(IEvent happened)
        {
            if (Fails)
                throw new InvalidOperationException("This screen is broken.");
            Last = happened;
            Heard++;
        }

        public void OnResumed() => Heard++;
    }
}
