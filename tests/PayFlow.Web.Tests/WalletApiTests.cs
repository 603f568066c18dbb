using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using PayFlow.Web.Api;

namespace PayFlow.Web.Tests;

/// <summary>What an answer means after the client's own quick repeats.</summary>
public sealed class WalletApiTests
{
    [Theory]
    [InlineData(0, ApiOutcome.Unknown)]
    [InlineData(503, ApiOutcome.Unknown)]
    [InlineData(429, ApiOutcome.Refused)]
    public async Task Being_turned_away_is_a_refusal_only_where_no_earlier_try_may_have_been_taken(int first, ApiOutcome outcome)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.AddWalletApi();
        using var service = new Turns(first, 429, 429);
        builder.Services.AddHttpClient(WalletApi.Client).ConfigurePrimaryHttpMessageHandler(() => service);
        await using var app = builder.Build();
        using var client = app.Services.GetRequiredService<IHttpClientFactory>().CreateClient(WalletApi.Client);
        var cancel = TestContext.Current.CancellationToken;
        var answer = await ApiAnswers.ReadAsync<Transaction>(() => client.PostAsync(new Uri("http://transactions/transactions"), null, cancel), cancel);
        Assert.Equal((outcome, 429), (answer.Outcome, answer.Problem?.Status));
    }

    /// <summary>Answers with one status after the other; 0 is a connection that breaks.</summary>
    private sealed class Turns(params int[] statuses) : HttpMessageHandler
    {
        private int _next;

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            statuses[_next++] is var status and not 0
                ? Task.FromResult(new HttpResponseMessage((HttpStatusCode)status) { RequestMessage = request, Content = JsonContent.Create(new ApiProblem()) })
                : throw new HttpRequestException(HttpRequestError.ResponseEnded, "Nothing came back");
    }
}
