using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using PayFlow.ServiceDefaults.Problems;

namespace PayFlow.ServiceDefaults.Http;

/// <summary>
/// JSON is UTF-8 (RFC 8259), and clients say so in many ways: <c>utf8</c>, <c>"UTF-8"</c>, <c>'utf-8'</c>. The
/// framework fails with a 500 at the name of an encoding that it does not know. So UTF-8 is taken however it is
/// written, and another encoding is a 415.
/// </summary>
internal static class JsonBodies
{
    internal const string Hint = "Send the body as JSON in UTF-8: Content-Type: application/json.";

    public static Task ReadAsUtf8Async(HttpContext context, RequestDelegate next)
    {
        var headers = context.Request.Headers;
        if (context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody != true)
            return next(context);
        if (
            headers.ContentEncoding is { Count: > 0 } coding
            && !string.Equals(coding, "identity", StringComparison.OrdinalIgnoreCase)
        )
            return RefuseAsync(context, "Send the body without Content-Encoding.");
        if (headers.ContentType is not [{ } type])
            return headers.ContentType.Count == 0 ? next(context) : RefuseAsync(context, Hint);
        var parts = type.Split(';', StringSplitOptions.TrimEntries);
        foreach (var parameter in parts.Skip(1))
        {
            var (name, value) = parameter.Split('=', 2, StringSplitOptions.TrimEntries) is [var left, var right]
                ? (left, right)
                : (parameter, "");
            if (name.Equals("charset", StringComparison.OrdinalIgnoreCase) && !IsUtf8(value))
                return RefuseAsync(context, Hint);
        }

        // Without parameters, which nothing reads: those that are no parameters at all would make the whole header
        // unreadable.
        if (MediaTypeHeaderValue.TryParse(parts[0], out var media))
            headers.ContentType = media.MediaType.Value;
        return next(context);
    }

    private static bool IsUtf8(string charset) =>
        Unquoted(charset).Trim().ToUpperInvariant() is "UTF-8" or "UTF8" or "UTF_8";

    /// <summary>A quote that is not closed stays, and no encoding is called so.</summary>
    private static string Unquoted(string value) =>
        value is ['"', .., '"'] or ['\'', .., '\''] && value.Length > 1 ? value[1..^1] : value;

    private static Task RefuseAsync(HttpContext context, string detail) =>
        Problem.Of(ProblemCodes.UnsupportedMediaType, detail).ExecuteAsync(context);
}
