using System.Net;
using Microsoft.Extensions.Http.Resilience;
using Polly;
using Polly.Retry;

namespace PayFlow.ServiceDefaults.Http;

/// <summary>
/// Decides which requests a client may retry. A request without a response may have succeeded: a retried password
/// change would fail and tell the user that nothing was changed.
/// </summary>
public static class Repeats
{
    private static readonly HttpRequestOptionsKey<bool> IsHarmless = new("payflow.harmless");

    /// <summary>Marks a request as idempotent although its method is not.</summary>
    public static HttpRequestMessage Harmless(this HttpRequestMessage request)
    {
        request.Options.Set(IsHarmless, true);
        return request;
    }

    /// <summary>
    /// Whether the failure is transient and the request may be retried: it changes nothing, has an idempotency key, or
    /// is marked idempotent. Any other request is retried only if no service received it.
    /// </summary>
    public static bool MayFollow(RetryPredicateArguments<HttpResponseMessage> attempt) =>
        HttpClientResiliencePredicates.IsTransient(attempt.Outcome)
        && (WasNotTaken(attempt.Outcome) || attempt.Context.GetRequestMessage() is { } request && IsSafe(request));

    private static bool WasNotTaken(Outcome<HttpResponseMessage> outcome) =>
        outcome.Result?.StatusCode == HttpStatusCode.TooManyRequests
        || outcome.Exception
            is HttpRequestException
            {
                HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError
            };

    private static bool IsSafe(HttpRequestMessage request) =>
        request.Method == HttpMethod.Get
        || request.Method == HttpMethod.Head
        || request.Headers.Contains(IdempotencyKey.Header)
        || request.Options.TryGetValue(IsHarmless, out _);
}
