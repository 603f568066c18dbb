using System.Net;
using Microsoft.Extensions.Http.Resilience;

namespace PayFlow.Web.Api;

public static class WalletApiExtensions
{
    /// <summary>
    /// Somebody looks at a screen: two quick repeats rather than the defaults' slow ones. Payments may be repeated too, because
    /// each carries its idempotency key.
    /// </summary>
    public static WebApplicationBuilder AddWalletApi(this WebApplicationBuilder builder)
    {
        builder.Services.AddScoped<WalletApi>();
        var client = builder.Services.AddHttpClient(WalletApi.Client);
#pragma warning disable EXTEXP0001 // The defaults' handler has to go first, or the two would multiply their repeats.
        client.RemoveAllResilienceHandlers();
#pragma warning restore EXTEXP0001
        client.AddStandardResilienceHandler(options =>
        {
            options.AttemptTimeout.Timeout = TimeSpan.FromSeconds(10);
            options.TotalRequestTimeout.Timeout = TimeSpan.FromSeconds(20);
            options.Retry = new HttpRetryStrategyOptions
            {
                MaxRetryAttempts = 2,
                Delay = TimeSpan.FromMilliseconds(200),
                UseJitter = true,
                // Too much is no failure to be repeated at once: somebody is told to wait, perhaps for minutes.
                ShouldHandle = attempt => ValueTask.FromResult(attempt.Outcome.Result?.StatusCode != HttpStatusCode.TooManyRequests && HttpClientResiliencePredicates.IsTransient(attempt.Outcome)),
            };
        });
        return builder;
    }
}
