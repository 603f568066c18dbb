using System.Buffers;
using System.Globalization;
using System.Text;

namespace PayFlow.Web.Api;

/// <summary>
/// Names, notes and titles as a screen may show them. Rows that are older than the rules for them may hold invisible
/// characters and ones that reverse the text beside them, amounts among it.
/// </summary>
public static class ShownText
{
    private const char FirstStrongIsolate = '\u2068';
    private const char PopIsolate = '\u2069';

    // Controls, marks, embeddings, overrides and isolates of direction; joiners stay, which scripts and emoji need.
    private static readonly SearchValues<char> Directing = SearchValues.Create(
        "\u061C\u200E\u200F\u202A\u202B\u202C\u202D\u202E\u2066\u2067\u2068\u2069\u200B\u2060\uFEFF\u00AD\u2028\u2029"
    );

    /// <summary>
    /// The text without what cannot be seen and directs others. Isolates that are closed stay: they keep a name to
    /// itself.
    /// </summary>
    public static string Clean(string text)
    {
        if (text.AsSpan().IndexOfAny(Directing) < 0)
            return text;
        var keepsIsolates = IsIsolated(text);
        var clean = new StringBuilder(text.Length);
        foreach (var one in text)
        {
            if (!Directing.Contains(one) || (keepsIsolates && one is (FirstStrongIsolate or PopIsolate)))
                clean.Append(one);
        }

        return clean.ToString();
    }

    /// <summary>
    /// The letters of an avatar: the first of the first and of the last word, as somebody would write them.
    /// </summary>
    public static string Initials(string name)
    {
        var words = Clean(name)
            .Trim('@', ' ', FirstStrongIsolate, PopIsolate)
            .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return words.Length switch
        {
            0 => "?",
            1 => First(words[0]),
            _ => First(words[0]) + First(words[^1]),
        };
    }

    private static string First(string word) => StringInfo.GetNextTextElement(word).ToUpperInvariant();

    private static bool IsIsolated(string text)
    {
        var open = 0;
        foreach (var one in text)
        {
            if (one == FirstStrongIsolate)
                open++;
            else if (one == PopIsolate && --open < 0)
                return false;
        }

        return open == 0;
    }
}
