using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using PayFlow.ServiceDefaults.Http;
using PayFlow.Web.Api;

namespace PayFlow.Web.Tests;

/// <summary>What an answer means after the client's own quick repeats.</summary>
public sealed class WalletApiTests
{
    private static readonly Uri Transactions = new("http://transactions/transactions");

    [Theory]
    [InlineData(0, ApiOutcome.Unknown)]
    [InlineData(503, ApiOutcome.Unknown)]
    [InlineData(429, ApiOutcome.Refused)]
    public async Task Being_turned_away_is_a_refusal_only_where_no_earlier_try_may_have_been_taken(int first, ApiOutcome outcome)
    {
        using var service = new Turns(first, 429, 429);
        using var payment = new HttpRequestMessage(HttpMethod.Post, Transactions) { Headers = { { IdempotencyKey.Header, "key" } } };
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

    private static async Task<ApiAnswer<Transaction>> AskAsync(Turns service, HttpRequestMessage request)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.AddWalletApi();
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

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            statuses[Asked++] is var status and not 0
                ? Task.FromResult(new HttpResponseMessage((HttpStatusCode)status) { RequestMessage = request, Content = JsonContent.Create(new ApiProblem()) })
                : throw new HttpRequestException(HttpRequestError.ResponseEnded, "Nothing came back");
    }
}
