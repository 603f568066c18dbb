using System.Text.RegularExpressions;

namespace PayFlow.AppHost.Embedded;

/// <summary>Finds in the lines of a program that ended why it did.</summary>
internal static partial class LastWords
{
    /// <returns>One line without its final full stop.</returns>
    public static string Reason(IEnumerable<string> lines)
    {
        var said = lines.Select(line => line.Trim()).Where(line => line.Length > 0).ToList();
        // An exception's first line is its reason; where it wraps others, the frames and the inner ones follow.
        var reason =
            said.Select(line => Unhandled().Match(line)).LastOrDefault(match => match.Success)?.Groups["reason"].Value
            ?? said.Select(line => Fatal().Match(line)).LastOrDefault(match => match.Success)?.Value
            ?? said.LastOrDefault(line => !line.StartsWith("at ", StringComparison.Ordinal))
            ?? "it said nothing";
        return reason.TrimEnd('.');
    }

    /// <summary>With one full stop, however many there were.</summary>
    public static string Sentence(string text) => text.Trim().TrimEnd('.') + ".";

    [GeneratedRegex(
        @"^Unhandled exception\. [\w.+`]+(?: \(\w+\))?: (?<reason>.+)$",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Unhandled();

    [GeneratedRegex(@"\b(PANIC|FATAL|ERROR|error)\b:?\s.+$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Fatal();
}
