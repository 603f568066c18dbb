using System.Diagnostics;
using PayFlow.ServiceDefaults.Http;

namespace PayFlow.Web.Gateway;

/// <summary>Hands each request to <see cref="RequestLog"/> when it has been answered.</summary>
public sealed class RequestLogging(RequestDelegate next, RequestLog log, TimeProvider clock)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var started = clock.GetTimestamp();
        var path = PathTemplate.Of(context.Request.Path);
        try
        {
            await next(context);
        }
        finally
        {
            log.Write(new RequestLine(clock.GetUtcNow(), Method(context.Request.Method), path, context.Response.StatusCode, clock.GetElapsedTime(started).TotalMilliseconds, TraceId(context), Caller(context)));
        }
    }

    internal static string TraceId(HttpContext context) => Activity.Current?.TraceId.ToString() ?? context.TraceIdentifier;

    // A method is the client's own text: only the known ones are worth repeating.
    private static string Method(string method) =>
        method is "GET" or "POST" or "PUT" or "PATCH" or "DELETE" or "HEAD" or "OPTIONS" ? method : "OTHER";

    private static string Caller(HttpContext context) =>
        context.User.FindFirst("sub")?.Value ?? context.Connection.RemoteIpAddress?.ToString() ?? "-";
}
