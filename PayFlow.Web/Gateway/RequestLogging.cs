using System.Diagnostics;
using System.Diagnostics.Metrics;
using PayFlow.ServiceDefaults.Http;

namespace PayFlow.Web.Gateway;

/// <summary>
/// Hands each request of the API to <see cref="RequestLog"/> when it has been answered, and tells how many are under
/// way: what this replica has to do. The framework's own count has every open wallet in it, whose connection waits and
/// does nothing.
/// </summary>
public sealed class RequestLogging
{
    private readonly RequestDelegate _next;
    private readonly RequestLog _log;
    private readonly TimeProvider _clock;
    private int _underWay;

    public RequestLogging(RequestDelegate next, RequestLog log, TimeProvider clock, IMeterFactory meters)
    {
        _next = next;
        _log = log;
        _clock = clock;
        meters
            .Create(RequestLog.MeterName)
            .CreateObservableGauge(
                "payflow.api.requests_in_flight",
                () => Volatile.Read(ref _underWay),
                "{request}",
                "Requests of the API that are not answered yet"
            );
    }

    public async Task InvokeAsync(HttpContext context)
    {
        Interlocked.Increment(ref _underWay);
        var started = _clock.GetTimestamp();
        var path = PathTemplate.Of(context.Request.Path);
        try
        {
            await _next(context);
        }
        finally
        {
            Interlocked.Decrement(ref _underWay);
            _log.Write(
                new RequestLine(
                    _clock.GetUtcNow(),
                    Method(HeadRequests.MethodOf(context)),
                    path,
                    context.Response.StatusCode,
                    _clock.GetElapsedTime(started).TotalMilliseconds,
                    TraceId(context),
                    Caller(context)
                )
            );
        }
    }

    internal static string TraceId(HttpContext context) =>
        Activity.Current?.TraceId.ToString() ?? context.TraceIdentifier;

    // A method is the client's own text: only the known ones are worth repeating.
    private static string Method(string method) =>
        method is "GET" or "POST" or "PUT" or "PATCH" or "DELETE" or "HEAD" or "OPTIONS" ? method : "OTHER";

    private static string Caller(HttpContext context) =>
        context.User.FindFirst("sub")?.Value ?? context.Connection.RemoteIpAddress?.ToString() ?? "-";
}
