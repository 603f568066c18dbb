using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using PayFlow.ServiceDefaults.Http;
using Polly;
using Polly.Retry;

namespace PayFlow.ServiceDefaults.Tests;

public sealed class RepeatsTests
{
    [Theory]
    [InlineData("GET", "lost", true)]
    [InlineData("GET", "503", true)]
    [InlineData("GET", "404", false)]
    [InlineData("POST", "lost", false)]
    [InlineData("PUT", "lost", false)]
    [InlineData("DELETE", "503", false)]
    [InlineData("POST", "408", false)]
    [InlineData("POST with a key", "lost", true)]
    [InlineData("POST with a key", "503", true)]
    [InlineData("POST with a key", "409", false)]
    [InlineData("POST that is harmless", "lost", true)]
    [InlineData("POST", "refused connection", true)]
    [InlineData("POST", "unknown host", true)]
    [InlineData("POST", "429", true)]
    public void A_request_is_sent_again_where_that_can_do_no_harm(string kind, string end, bool again)
    {
        using var request = new HttpRequestMessage(HttpMethod.Parse(kind.Split(' ')[0]), "http://accounts/");
        if (kind.EndsWith("key", StringComparison.Ordinal))
            request.Headers.Add(IdempotencyKey.Header, "key");
        if (kind.EndsWith("harmless", StringComparison.Ordinal))
            request.Harmless();
        var context = ResilienceContextPool.Shared.Get(TestContext.Current.CancellationToken);
        context.SetRequestMessage(request);
        using var answer = int.TryParse(end, out var status) ? new HttpResponseMessage((HttpStatusCode)status) : null;
        var outcome = answer is not null
            ? Outcome.FromResult(answer)
            : Outcome.FromException<HttpResponseMessage>(
                new HttpRequestException(
                    end switch
                    {
                        "refused connection" => HttpRequestError.ConnectionError,
                        "unknown host" => HttpRequestError.NameResolutionError,
                        _ => HttpRequestError.ResponseEnded,
                    }
                )
            );
        Assert.Equal(again, Repeats.MayFollow(new RetryPredicateArguments<HttpResponseMessage>(context, outcome, 0)));
        ResilienceContextPool.Shared.Return(context);
    }

    [Fact]
    public async Task Every_client_of_a_service_holds_to_that()
    {
        var builder = WebApplication.CreateBuilder();
        builder.AddServiceDefaults();
        using var accounts = new Broken();
        builder.Services.AddHttpClient("accounts").ConfigurePrimaryHttpMessageHandler(() => accounts);
        await using var app = builder.Build();
        using var client = app.Services.GetRequiredService<IHttpClientFactory>().CreateClient("accounts");
        await Assert.ThrowsAsync<HttpRequestException>(() =>
            client.PostAsync(
                new Uri("http://127.0.0.1/auth/reset-password"),
                null,
                TestContext.Current.CancellationToken
            )
        );
        Assert.Equal(1, accounts.Asked);
    }

    private sealed class Broken : HttpMessageHandler
    {
        public int Asked { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request,
            CancellationToken cancellationToken
        )
        {
            Asked++;
            throw new HttpRequestException(HttpRequestError.ResponseEnded, "Nothing came back");
        }
    }
}
