using System.Net;
using Microsoft.Extensions.Http.Resilience;
using PayFlow.ServiceDefaults.Http;
using Polly;

namespace PayFlow.Web.Api;

/// <summary>How a client repeats requests to the services while somebody waits.</summary>
public static class ApiClients
{
    private static readonly TimeSpan MaxRetryAfter = TimeSpan.FromSeconds(2);

    // An earlier try of the request may have been taken: its answer got lost, or told of trouble.
    private static readonly HttpRequestOptionsKey<bool> MayBeTaken = new("payflow.may-be-taken");

    /// <summary>
    /// Somebody looks at a screen: two quick repeats rather than the defaults' slow ones. Payments are repeated too,
    /// because each carries its idempotency key.
    /// </summary>
    public static void AddQuickRetries(this IHttpClientBuilder client)
    {
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
                OnRetry = attempt =>
                {
                    if (attempt.Outcome.Result?.StatusCode != HttpStatusCode.TooManyRequests)
                        attempt.Context.GetRequestMessage()?.Options.Set(MayBeTaken, true);
                    return ValueTask.CompletedTask;
                },
                // An answer that asks to wait longer than somebody looks at a screen is itself the answer.
                ShouldHandle = attempt =>
                    ValueTask.FromResult(
                        RequestRetries.ShouldRetry(attempt)
                            && !(attempt.Outcome.Result?.Headers.RetryAfter?.Delta > MaxRetryAfter)
                    ),
            };
        });
    }

    /// <summary>
    /// Whether this turns away without a look at what is asked, after a quick repeat of it: then it says nothing of the
    /// first try.
    /// </summary>
    internal static bool HidesAnEarlierTry(this HttpResponseMessage response) =>
        response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.TooManyRequests
        && response.RequestMessage?.Options.TryGetValue(MayBeTaken, out _) == true;
}
