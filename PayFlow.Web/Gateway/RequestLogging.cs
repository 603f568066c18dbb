using System.Diagnostics;

namespace PayFlow.Web.Gateway;

/// <summary>Hands each request to <see cref="RequestLog"/> when it has been answered.</summary>
public sealed class RequestLogging(RequestDelegate next, RequestLog log, TimeProvider clock)
{
    private const int LongestPath = 200;

    public async Task InvokeAsync(HttpContext context)
    {
        var started = clock.GetTimestamp();
        var path = Template(context.Request.Path);
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

    /// <summary>The path with <c>{id}</c> for what names one account or payment, and <c>?</c> for what cannot stand in a line.</summary>
    internal static string Template(PathString path)
    {
        var segments = (path.Value ?? "").Split('/');
        for (var i = 0; i < segments.Length; i++)
        {
            if (Guid.TryParse(segments[i], out _) || segments[i].StartsWith('@') || (segments[i].Length >= 6 && segments[i].All(char.IsAsciiDigit))) segments[i] = "{id}";
        }

        var text = string.Join('/', segments);
        if (text.Length > LongestPath) text = text[..LongestPath];
        return string.Create(text.Length, text, (line, from) =>
        {
            for (var i = 0; i < from.Length; i++) line[i] = from[i] is > ' ' and <= '~' ? from[i] : '?';
        });
    }

    // A method is the client's own text: only the known ones are worth repeating.
    private static string Method(string method) =>
        method is "GET" or "POST" or "PUT" or "PATCH" or "DELETE" or "HEAD" or "OPTIONS" ? method : "OTHER";

    private static string Caller(HttpContext context) =>
        context.User.FindFirst("sub")?.Value ?? context.Connection.RemoteIpAddress?.ToString() ?? "-";
}
