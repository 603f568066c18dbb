using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace PayFlow.ServiceDefaults.Http;

/// <summary>The loggable form of a path: the fixed words of routes. Identifiers become <c>{id}</c>.</summary>
public static class PathTemplate
{
    private const int MaxPathLength = 200;
    private const int MaxWordLength = 30;

    private static readonly SearchValues<char> Letters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz-");

    public static string Of(PathString path) => Of((path.Value ?? "").AsSpan());

    public static string Of(ReadOnlySpan<char> path)
    {
        if (path.Length > MaxPathLength)
            path = path[..MaxPathLength];
        var template = new StringBuilder(path.Length);
        foreach (var range in path.Split('/'))
        {
            if (template.Length > 0 || range.Start.Value > 0)
                template.Append('/');
            var segment = path[range];
            if (IsWord(segment))
                template.Append(segment);
            else
                template.Append("{id}");
        }

        return template.ToString();
    }

    /// <summary>
    /// Lower case letters and hyphens, as in <c>sign-in</c>, <c>.well-known</c>, <c>_blazor</c>, <c>jwks.json</c>; and
    /// a version, as in <c>v1</c>.
    /// </summary>
    private static bool IsWord(ReadOnlySpan<char> segment)
    {
        if (segment.EndsWith(".json", StringComparison.Ordinal))
            segment = segment[..^".json".Length];
        if (segment is ['v', >= '0' and <= '9'])
            return true;
        if (segment is ['.' or '_', ..])
            segment = segment[1..];
        return segment.Length <= MaxWordLength && !segment.ContainsAnyExcept(Letters);
    }
}
