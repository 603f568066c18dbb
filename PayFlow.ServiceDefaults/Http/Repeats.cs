using System.Net;
using Microsoft.Extensions.Http.Resilience;
using Polly;
using Polly.Retry;

namespace PayFlow.ServiceDefaults.Http;

/// <summary>
/// Which requests a client may send again by itself. One whose answer was lost may have been carried out: a repeat would find the
/// new password where the old one is asked for, and tell somebody that nothing was changed.
/// </summary>
public static class Repeats
{
    private static readonly HttpRequestOptionsKey<bool> IsHarmless = new("payflow.harmless");

    /// <summary>Says that whoever receives this twice does no more than once, though its method does not say so.</summary>
    public static HttpRequestMessage Harmless(this HttpRequestMessage request)
    {
        request.Options.Set(IsHarmless, true);
        return request;
    }

    /// <summary>
    /// Whether a try failed in a way that passes, and the request may be sent again: where it changes nothing, carries an idempotency
    /// key or is harmless; any other only where nobody took it.
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
