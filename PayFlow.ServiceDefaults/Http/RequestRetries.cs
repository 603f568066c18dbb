using System.Net;
using Microsoft.Extensions.Http.Resilience;
using Polly;
using Polly.Retry;

namespace PayFlow.ServiceDefaults.Http;

/// <summary>
/// Decides which requests a client may retry. A request without a response may have succeeded: a retried password
/// change would fail and tell the user that nothing was changed.
/// </summary>
public static class RequestRetries
{
    private static readonly HttpRequestOptionsKey<bool> IsIdempotent = new("payflow.idempotent");

    /// <summary>Marks a request as idempotent although its method is not.</summary>
    public static HttpRequestMessage Idempotent(this HttpRequestMessage request)
    {
        request.Options.Set(IsIdempotent, true);
        return request;
    }

    /// <summary>
    /// Whether the failure is transient and the request may be retried: it changes nothing, has an idempotency key, or
    /// is marked idempotent. Any other request is retried only if no service received it.
    /// </summary>
    public static bool ShouldRetry(RetryPredicateArguments<HttpResponseMessage> attempt) =>
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
        || request.Options.TryGetValue(IsIdempotent, out _);
}
