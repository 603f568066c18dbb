using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.Web.Api;
using PayFlow.Web.Browsers;
using PayFlow.Web.Live;
using PayFlow.Web.SignIn;
using PayFlow.Web.Wallet;
using PayFlow.Web.Wallet.Accounts;
using PayFlow.Web.Wallet.Inbox;
using PayFlow.Web.Wallet.Security;
using PayFlow.Web.Wallet.Send;

namespace PayFlow.Web.Tests;

/// <summary>How an open wallet stays signed in, and what it does when its session ends.</summary>
public sealed class SignInTests
{
    private static readonly string TokenPath = "POST " + OpenWallet.TokenPath;

    private readonly FakeTimeProvider _clock = new(People.Noon);
    private readonly FakeServices _services = new();
    private readonly LiveUpdates _live = new(NullLogger<LiveUpdates>.Instance);

    [Fact]
    public async Task A_token_is_asked_for_once_by_calls_at_the_same_time_and_again_before_it_expires()
    {
        using var access = Open();
        var answer = _services.Waits(TokenPath);
        var both = Task.WhenAll(access.TokenAsync(Cancel), access.TokenAsync(Cancel));
        answer.SetResult(Issued("first"));
        Assert.Equal(["first", "first"], await both);

        _services.Answers(TokenPath, new { accessToken = "second", expiresIn = 300 });
        _clock.Advance(TimeSpan.FromSeconds(269));
        Assert.Equal("first", await access.TokenAsync(Cancel));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("second", await access.TokenAsync(Cancel));
    }

    [Fact]
    public async Task A_session_that_has_ended_is_told_once_and_gives_no_token_any_more()
    {
        using var access = Open();
        var ends = 0;
        access.Ended += () => ends++;
        Assert.Null(await access.TokenAsync(Cancel));
        _services.Answers(TokenPath, new { accessToken = "late", expiresIn = 300 });
        Assert.Null(await access.TokenAsync(Cancel));
        Assert.Equal((1, true), (ends, access.HasEnded));
    }

    [Fact]
    public async Task The_end_of_a_session_is_heard_of_by_its_own_screens_and_once()
    {
        using var access = Open();
        var ends = 0;
        access.Ended += () => ends++;
        _services.Answers(TokenPath, new { accessToken = "good", expiresIn = 300 });
        _live.Publish(Revoked(SessionId.New(_clock).Value));
        Assert.Equal(("good", 0), (await access.TokenAsync(Cancel), ends));

        _live.Publish(Revoked(OpenWallet.SessionId));
        _live.Publish(Revoked(OpenWallet.SessionId));
        Assert.Equal((null, 1, true), (await access.TokenAsync(Cancel), ends, access.HasEnded));
    }

    [Fact]
    public async Task After_a_gap_in_what_it_hears_the_next_call_asks_whether_the_session_lasts()
    {
        using var access = Open();
        _services.Answers(TokenPath, new { accessToken = "good", expiresIn = 300 });
        Assert.Equal("good", await access.TokenAsync(Cancel));
        _services.Answers(TokenPath, new ApiProblem { Code = "session_not_found" }, HttpStatusCode.NotFound);
        Assert.Equal("good", await access.TokenAsync(Cancel));
        _live.OnResubscribed();
        Assert.Null(await access.TokenAsync(Cancel));
        Assert.True(access.HasEnded);
    }

    [Fact]
    public async Task A_service_that_takes_the_token_no_more_shows_that_the_session_has_ended()
    {
        using var access = Open();
        _services
            .Answers(TokenPath, new { accessToken = "revoked", expiresIn = 300 })
            .Answers("/accounts/me", new ApiProblem { Code = "unauthorized" }, HttpStatusCode.Unauthorized);
        var api = new AccountsApi(new WalletApi(_services, access, OpenWallet.NoLimits));
        Assert.Equal("revoked", await access.TokenAsync(Cancel));
        _services.Answers(TokenPath, new ApiProblem { Code = "session_not_found" }, HttpStatusCode.NotFound);
        Assert.Equal(ApiOutcome.Refused, (await api.ListMineAsync(Cancel)).Outcome);
        Assert.True(access.HasEnded);
    }

    [Fact]
    public async Task Not_reaching_Accounts_is_not_the_end_of_a_session()
    {
        using var access = Open();
        _services.IsAway(TokenPath);
        Assert.Equal(
            ApiOutcome.Unknown,
            (await new AccountsApi(new WalletApi(_services, access, OpenWallet.NoLimits)).ListMineAsync(Cancel)).Outcome
        );
        Assert.False(access.HasEnded);
    }

    [Fact]
    public async Task Accounts_hears_whose_browser_it_is_and_from_where()
    {
        var http = new DefaultHttpContext
        {
            Request = { Headers = { UserAgent = "Café/1.0" } },
            Connection = { RemoteIpAddress = IPAddress.Parse("203.0.113.7") },
        };
        var (auth, visitor) = (new AuthApi(_services), ClientInfo.Of(http));
        await auth.SignInAsync("asha@payflow.example", "wrong", null, "a device of this browser", visitor, Cancel);
        AssertIntroduced();
        await auth.SignOutAsync("token", visitor, Cancel);
        AssertIntroduced();

        void AssertIntroduced() =>
            Assert.Equal(
                ("203.0.113.7", "Café/1.0"),
                (
                    _services.Headers!.NonValidated["X-Forwarded-For"].ToString(),
                    _services.Headers.NonValidated["User-Agent"].ToString()
                )
            );
    }

    [Fact]
    public async Task Every_call_of_a_wallet_says_for_which_browser_it_is()
    {
        using var access = Open();
        access.ComesFrom(new ClientInfo("Café/1.0", "203.0.113.7"));
        _services.Answers(TokenPath, new { accessToken = "good", expiresIn = 300 });
        await access.TokenAsync(Cancel);
        AssertIntroduced();
        var api = new WalletApi(_services, access, OpenWallet.NoLimits);
        Func<Task>[] calls =
        [
            () => new AccountsApi(api).ListMineAsync(Cancel),
            () => new SecurityApi(api).EndSessionAsync(People.AshaId, Cancel),
            () => new SecurityApi(api).SetPinAsync("7391", "password", null, Cancel),
            () => new InboxApi(api).MarkReadAsync(People.AshaId, Cancel),
            () =>
                new SendApi(api).SendAsync(
                    new PaymentRequest(People.AshaId, People.AshaId, "1.00", "INR", null),
                    "key",
                    null,
                    Cancel
                ),
        ];
        foreach (var call in calls)
        {
            await call();
            AssertIntroduced();
        }

        void AssertIntroduced() =>
            Assert.Equal(
                ("203.0.113.7", "Café/1.0"),
                (
                    _services.Headers!.NonValidated["X-Forwarded-For"].ToString(),
                    _services.Headers.NonValidated["User-Agent"].ToString()
                )
            );
    }

    [Theory]
    [InlineData("/send?to=1", "/send?to=1")]
    [InlineData(null, "/")]
    [InlineData("", "/")]
    [InlineData("https://elsewhere.example", "/")]
    [InlineData("//elsewhere.example", "/")]
    [InlineData("/\\elsewhere.example", "/")]
    [InlineData("/a\r\nSet-Cookie: b", "/")]
    [InlineData("javascript:alert(1)", "/")]
    [InlineData("/ä", "/%C3%A4")]
    [InlineData("/send?to=%40neha&note=ü€\ud83d\ude00#ß", "/send?to=%40neha&note=%C3%BC%E2%82%AC%F0%9F%98%80#%C3%9F")]
    public void Signing_in_leads_to_a_page_of_ours(string? asked, string expected) =>
        Assert.Equal(expected, BrowserSession.LocalPath(asked));

    [Fact]
    public void A_page_without_its_policy_has_no_session() =>
        Assert.Throws<InvalidOperationException>(() => BrowserSession.KeyOf(new ClaimsPrincipal()));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static HttpResponseMessage Issued(string token) =>
        new() { Content = System.Net.Http.Json.JsonContent.Create(new { accessToken = token, expiresIn = 300 }) };

    private SessionRevoked Revoked(Guid session) =>
        new(
            TenantId.Default,
            new SessionId(session),
            UserId.New(_clock),
            _clock.GetUtcNow(),
            _clock.GetUtcNow().AddMinutes(6)
        );

    private SessionAccess Open()
    {
        var access = new SessionAccess(_services, _live, _clock);
        access.Open(OpenWallet.Key);
        return access;
    }
}
