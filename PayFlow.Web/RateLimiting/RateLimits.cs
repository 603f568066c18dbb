using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.Http;
using PayFlow.ServiceDefaults.Problems;

namespace PayFlow.Web.RateLimiting;

/// <summary>
/// Counts the API's requests, and the forms for signing in, and turns away what is too much with 429, Retry-After and
/// the RateLimit headers of draft-ietf-httpapi-ratelimit-headers. It goes between authentication, which tells who asks,
/// and authorization: a request that is refused counts too, and a token that is none counts against its address. Each
/// replica counts by itself, and where there is Redis all of them count together as well: the replica's own bucket
/// spares Redis what is too much already, and is the one that counts while Redis is away.
/// </summary>
public sealed class RateLimits : IDisposable
{
    private static readonly string[] Forms =
    [
        "/sign-in",
        "/sign-up",
        "/forgot-password",
        "/reset-password",
        "/verify-email",
    ];

    private static readonly string[] SignInPaths =
    [
        "/auth/sign-in",
        "/auth/sign-up",
        "/auth/forgot-password",
        "/auth/reset-password",
        "/auth/verify-email",
    ];

    private readonly RateLimitOptions _options;
    private readonly PartitionedRateLimiter<Asking> _buckets;
    private readonly SharedBuckets? _shared;

    /// <param name="shared">Null where there is no Redis.</param>
    public RateLimits(IOptions<RateLimitOptions> options, SharedBuckets? shared = null)
    {
        _options = options.Value;
        _shared = shared;
        _buckets = PartitionedRateLimiter.Create<Asking, (string, string)>(asking =>
            RateLimitPartition.GetTokenBucketLimiter(
                (asking.Policy, asking.Key),
                _ => new TokenBucketRateLimiterOptions
                {
                    TokenLimit = asking.Bucket.Burst,
                    // A token at a time, so that the rate is even and a slow one is exact.
                    TokensPerPeriod = Math.Max(1, (int)(asking.Bucket.PerSecond / 10)),
                    ReplenishmentPeriod = TimeSpan.FromSeconds(
                        Math.Max(1, (int)(asking.Bucket.PerSecond / 10)) / asking.Bucket.PerSecond
                    ),
                    QueueLimit = 0,
                    AutoReplenishment = true,
                }
            )
        );
    }

    private readonly record struct Asking(string Policy, string Key, BucketOptions Bucket, bool IsForm = false);

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (Of(context) is not { } asking)
        {
            await next(context);
            return;
        }

        var (isTaken, left) = await TakeAsync(asking);
        var full = Math.Ceiling((asking.Bucket.Burst - left) / asking.Bucket.PerSecond);
        var headers = context.Response.Headers;
        headers["RateLimit-Policy"] = string.Create(
            CultureInfo.InvariantCulture,
            $"\"{asking.Policy}\";q={asking.Bucket.Burst};w={Math.Ceiling(asking.Bucket.Window.TotalSeconds)}"
        );
        headers["RateLimit"] = string.Create(CultureInfo.InvariantCulture, $"\"{asking.Policy}\";r={left};t={full}");
        if (isTaken)
        {
            await next(context);
            return;
        }

        if (asking.IsForm)
        {
            // A person, who gets the form again with a sentence rather than a problem in JSON.
            context.Response.Redirect($"{context.Request.Path}?slow=true");
            return;
        }

        headers.RetryAfter = Math.Max(1, Math.Ceiling(1 / asking.Bucket.PerSecond))
            .ToString(CultureInfo.InvariantCulture);
        await Problem
            .Of(ProblemCodes.RateLimited, "Wait for the seconds in Retry-After, then send requests more slowly.")
            .ExecuteAsync(context);
    }

    /// <summary>
    /// Takes a token for a call that an open wallet makes past the gateway: a user has one bucket, whichever way they
    /// ask.
    /// </summary>
    /// <returns>False where the bucket is empty.</returns>
    public async ValueTask<bool> TakeAsync(Guid user) => (await TakeAsync(OfUser(user.ToString()))).IsTaken;

    public void Dispose() => _buckets.Dispose();

    private async ValueTask<(bool IsTaken, long Left)> TakeAsync(Asking asking)
    {
        using var lease = _buckets.AttemptAcquire(asking);
        var (isTaken, left) = (lease.IsAcquired, _buckets.GetStatistics(asking)?.CurrentAvailablePermits ?? 0);
        if (!isTaken || _shared is null)
            return (isTaken, left);
        return await _shared.TakeAsync(asking.Policy, asking.Key, asking.Bucket) is { } common
            ? (common.IsTaken, Math.Min(left, common.Left))
            : (isTaken, left);
    }

    private Asking OfUser(string user) => new("user", user, _options.User);

    private Asking? Of(HttpContext context)
    {
        // A slash at the end leads to the same endpoint.
        PathString path = context.Request.Path.Value!.TrimEnd('/');
        var isForm = HttpMethods.IsPost(context.Request.Method) && Array.Exists(Forms, form => path == form);
        if (!isForm && !Gateway.Gateway.IsGateways(path))
            return null;
        if (
            isForm
            || Array.Exists(SignInPaths, signIn => path.Value!.EndsWith(signIn, StringComparison.OrdinalIgnoreCase))
        )
            return new Asking("sign-in", ClientAddress.Of(context), _options.SignIn, isForm);
        return Caller.Of(context) is { } caller
            ? OfUser(caller.UserId.ToString())
            : new Asking("anonymous", ClientAddress.Of(context), _options.Anonymous);
    }
}
