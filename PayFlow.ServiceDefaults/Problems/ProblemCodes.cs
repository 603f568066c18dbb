using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Failures;
using PayFlow.ServiceDefaults.Http;

namespace PayFlow.ServiceDefaults.Problems;

/// <summary>
/// The problem codes of more than one module. A module declares its own as <see cref="ProblemCode"/> fields of a class
/// in its folder, and <c>docs/problems.md</c> lists all. Those of failed payments have their texts in
/// <see cref="FailureReasons"/>.
/// </summary>
public static class ProblemCodes
{
    private const string TryAgain = "Try again in a moment. If the request moves money, use the same Idempotency-Key.";

    public static readonly ProblemCode Validation = new("validation", 400, "The request has invalid fields.");
    public static readonly ProblemCode MalformedRequest = new("malformed_request", 400, "The request is malformed.");
    public static readonly ProblemCode IdempotencyKeyMissing = new(
        "idempotency_key_missing",
        400,
        "The Idempotency-Key header is missing."
    );
    public static readonly ProblemCode IdempotencyKeyInvalid = new(
        "idempotency_key_invalid",
        400,
        "The Idempotency-Key header is not valid."
    );
    public static readonly ProblemCode SameAccount = new("same_account", 400, "Payer and payee are the same account.");
    public static readonly ProblemCode InvalidCursor = new(
        "invalid_cursor",
        400,
        "The cursor is not valid for this list."
    );
    public static readonly ProblemCode Unauthorized = new("unauthorized", 401, "Authentication is required.");
    public static readonly ProblemCode Forbidden = new("forbidden", 403, "You are not allowed to do this.");
    public static readonly ProblemCode NotFound = new(
        "not_found",
        404,
        "Not found.",
        "Check the path. The OpenAPI documents list all paths."
    );
    public static readonly ProblemCode AccountNotFound = Of(FailureReason.AccountNotFound);
    public static readonly ProblemCode MethodNotAllowed = new(
        "method_not_allowed",
        405,
        "This HTTP method is not supported here.",
        "Use one of the methods in the header Allow."
    );
    public static readonly ProblemCode NotAcceptable = new(
        "not_acceptable",
        406,
        "The Accept header allows no available format.",
        "Send Accept: application/json."
    );
    public static readonly ProblemCode HoldEnded = Of(FailureReason.HoldEnded);
    public static readonly ProblemCode AccountState = new(
        "account_state",
        409,
        "The account's state does not allow this."
    );
    public static readonly ProblemCode AlreadyDecided = new("already_decided", 409, "This was decided already.");
    public static readonly ProblemCode PayloadTooLarge = new(
        "payload_too_large",
        413,
        "The request body is too large.",
        "Send a smaller body."
    );
    public static readonly ProblemCode UriTooLong = new(
        "uri_too_long",
        414,
        "The request URL is too long.",
        "Shorten the path and the query."
    );
    public static readonly ProblemCode UnsupportedMediaType = new(
        "unsupported_media_type",
        415,
        "The body must be application/json.",
        JsonBodies.Hint
    );
    public static readonly ProblemCode IdempotencyKeyReused = new(
        "idempotency_key_reused",
        422,
        "This Idempotency-Key was used for another request."
    );
    public static readonly ProblemCode LimitExceeded = Of(FailureReason.LimitExceeded);
    public static readonly ProblemCode TooManyRequests = new("too_many_requests", 429, "The system is busy.");
    public static readonly ProblemCode RateLimited = new("rate_limited", 429, "Too many requests.");
    public static readonly ProblemCode HeadersTooLarge = new(
        "headers_too_large",
        431,
        "The request headers are too large.",
        "Send fewer or shorter headers."
    );
    public static readonly ProblemCode Internal = new("internal", 500, "Something went wrong on our side.", TryAgain);
    public static readonly ProblemCode BadGateway = new(
        "bad_gateway",
        502,
        "A PayFlow service returned an invalid response.",
        TryAgain
    );
    public static readonly ProblemCode Unavailable = new(
        "unavailable",
        503,
        "A PayFlow service is unavailable.",
        TryAgain
    );
    public static readonly ProblemCode GatewayTimeout = new(
        "gateway_timeout",
        504,
        "A PayFlow service did not respond in time.",
        TryAgain
    );

    /// <summary>Those of failed payments.</summary>
    public static IEnumerable<ProblemCode> OfFailures => FailureReasons.All.Select(From);

    // For a status that middleware set without a body.
    private static readonly Dictionary<int, ProblemCode> ByStatus = new[]
    {
        MalformedRequest,
        Unauthorized,
        Forbidden,
        NotFound,
        MethodNotAllowed,
        NotAcceptable,
        AccountState,
        PayloadTooLarge,
        UriTooLong,
        UnsupportedMediaType,
        TooManyRequests,
        HeadersTooLarge,
        Internal,
        BadGateway,
        Unavailable,
        GatewayTimeout,
    }.ToDictionary(code => code.Status);

    /// <summary>For a request that the ledger refused.</summary>
    public static ProblemCode Of(FailureReason reason) => From(FailureReasons.Of(reason));

    public static ProblemCode OfStatus(int status) =>
        ByStatus.TryGetValue(status, out var code) ? code
        : status >= 500 ? Internal with { Status = status }
        : MalformedRequest with { Status = status };

    private static ProblemCode From(Failure failure) => new(failure.Code, failure.Status, failure.Title);
}
