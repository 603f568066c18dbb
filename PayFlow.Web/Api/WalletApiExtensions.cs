using Microsoft.Extensions.Http.Resilience;

namespace PayFlow.Web.Api;

public static class WalletApiExtensions
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

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
                // An answer that asks to wait longer than somebody looks at a screen is itself the answer.
                ShouldHandle = attempt => ValueTask.FromResult(HttpClientResiliencePredicates.IsTransient(attempt.Outcome) && !(attempt.Outcome.Result?.Headers.RetryAfter?.Delta > LongestPause)),
            };
        });
        return builder;
    }
}
