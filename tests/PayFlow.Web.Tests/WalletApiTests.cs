using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using PayFlow.ServiceDefaults.Http;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.Web.Api;
using PayFlow.Web.Live;
using PayFlow.Web.RateLimiting;
using PayFlow.Web.SignIn;
using PayFlow.Web.Wallet;
using PayFlow.Web.Wallet.Accounts;
using PayFlow.Web.Wallet.Activity;

namespace PayFlow.Web.Tests;

/// <summary>What an answer means after the client's own quick repeats.</summary>
public sealed class WalletApiTests
{
    private static readonly Uri Transactions = new("http://transactions/transactions");

    [Theory]
    [InlineData(0, ApiOutcome.Unknown)]
    [InlineData(503, ApiOutcome.Unknown)]
    [InlineData(429, ApiOutcome.Refused)]
    public async Task Being_turned_away_is_a_refusal_only_where_no_earlier_try_may_have_been_taken(
        int first,
        ApiOutcome outcome
    )
    {
        using var service = new Turns(first, 429, 429);
        using var payment = new HttpRequestMessage(HttpMethod.Post, Transactions)
        {
            Headers = { { IdempotencyKey.Header, "key" } },
        };
        var answer = await AskAsync(service, payment);
        Assert.Equal((outcome, 429, 3), (answer.Outcome, answer.Problem?.Status, service.Asked));
    }

    /// <summary>The second answer of each would be a refusal that says of the first try what is not true.</summary>
    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    public async Task What_may_have_been_done_and_has_no_key_is_not_repeated(string method)
    {
        using var service = new Turns(0, 403);
        using var change = new HttpRequestMessage(HttpMethod.Parse(method), Transactions);
        Assert.Equal((ApiOutcome.Unknown, 1), ((await AskAsync(service, change)).Outcome, service.Asked));
    }

    [Fact]
    public async Task A_wallet_takes_from_the_bucket_of_its_user()
    {
        using var services = new FakeServices()
            .Answers("POST " + OpenWallet.TokenPath, new { accessToken = "asha's", expiresIn = 300 })
            .Answers("/accounts/me", OpenWallet.Page(People.Asha));
        var bucket = new BucketOptions { Burst = 3, PerSecond = 0.001 };
        using var limits = new RateLimits(Options.Create(new RateLimitOptions { User = bucket }));
        var cancel = TestContext.Current.CancellationToken;
        Assert.True(await limits.TakeAsync(People.AshaOwner));
        // Two tabs of one user.
        foreach (var outcome in new[] { ApiOutcome.Ok, ApiOutcome.Ok, ApiOutcome.Refused })
        {
            var live = new LiveUpdates(NullLogger<LiveUpdates>.Instance);
            using var access = new SessionAccess(services, live, TimeProvider.System);
            access.Open(OpenWallet.Key);
            var answer = await new AccountsApi(new WalletApi(services, access, limits)).ListMineAsync(cancel);
            Assert.Equal(outcome, answer.Outcome);
            Assert.Equal(outcome == ApiOutcome.Ok ? null : "rate_limited", answer.Problem?.Code);
        }

        Assert.False(await limits.TakeAsync(People.AshaOwner));
        Assert.True(await limits.TakeAsync(SessionId.New(TimeProvider.System).Value));
    }

    private static async Task<ApiAnswer<Transaction>> AskAsync(Turns service, HttpRequestMessage request)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.AddWallet();
        builder.Services.AddHttpClient(WalletApi.Client).ConfigurePrimaryHttpMessageHandler(() => service);
        await using var app = builder.Build();
        using var client = app.Services.GetRequiredService<IHttpClientFactory>().CreateClient(WalletApi.Client);
        var cancel = TestContext.Current.CancellationToken;
        return await ApiAnswers.ReadAsync<Transaction>(() => client.SendAsync(request, cancel), cancel);
    }

    /// <summary>Answers with one status after the other; 0 is a connection that breaks.</summary>
    private sealed class Turns(params int[] statuses) : HttpMessageHandler
    {
        public int Asked { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request,
            CancellationToken cancellationToken
        ) =>
            statuses[Asked++] is var status and not 0
                ? Task.FromResult(
                    new HttpResponseMessage((HttpStatusCode)status)
                    {
                        RequestMessage = request,
                        Content = JsonContent.Create(new ApiProblem()),
                    }
                )
                : throw new HttpRequestException(HttpRequestError.ResponseEnded, "Nothing came back");
    }
}
