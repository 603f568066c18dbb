using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Resilience;
using Microsoft.Extensions.Logging;
using PayFlow.ServiceDefaults.Http;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace PayFlow.ServiceDefaults.Tests;

public sealed class RequestRetriesTests
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
            request.Idempotent();
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
        Assert.Equal(
            again,
            RequestRetries.ShouldRetry(new RetryPredicateArguments<HttpResponseMessage>(context, outcome, 0))
        );
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

    [Fact]
    public async Task A_timeout_is_one_line_without_a_stack()
    {
        var builder = WebApplication.CreateBuilder();
        builder.AddServiceDefaults();
        var lines = new Lines();
        builder.Logging.ClearProviders().AddProvider(lines);
        using var accounts = new Silent();
        builder.Services.AddHttpClient("accounts").ConfigurePrimaryHttpMessageHandler(() => accounts);
        builder.Services.ConfigureAll<HttpStandardResilienceOptions>(options =>
        {
            options.AttemptTimeout.Timeout = TimeSpan.FromMilliseconds(50);
            options.Retry.MaxRetryAttempts = 2;
            options.Retry.Delay = TimeSpan.FromMilliseconds(1);
        });
        await using var app = builder.Build();
        using var client = app.Services.GetRequiredService<IHttpClientFactory>().CreateClient("accounts");
        await Assert.ThrowsAsync<TimeoutRejectedException>(() =>
            client.PostAsync(new Uri("http://accounts/auth/pin"), null, TestContext.Current.CancellationToken)
        );
        var line = Assert.Single(lines.Written);
        Assert.StartsWith("POST accounts/auth/pin failed: OnTimeout", line, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', line);
    }

    private sealed class Silent : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request,
            CancellationToken cancellationToken
        )
        {
            await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
            throw new InvalidOperationException("Nobody cancelled.");
        }
    }

    /// <summary>All that is logged, with the stacks that a console would write.</summary>
    private sealed class Lines : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Written { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) =>
            Written.Enqueue(exception is null ? formatter(state, null) : $"{formatter(state, exception)}\n{exception}");

        public void Dispose() { }
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
