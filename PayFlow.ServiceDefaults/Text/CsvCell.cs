using System.Buffers;

namespace PayFlow.ServiceDefaults.Text;

/// <summary>A cell of a CSV file (RFC 4180) that a spreadsheet shows and does not run.</summary>
public static class CsvCell
{
    // Excel also takes the wide forms for the beginning of a formula.
    private const string Beginnings = "=+-@\t\r\n＝＋－＠|%";

    private static readonly SearchValues<char> Quoted = SearchValues.Create("\",\r\n;\t");

    public static string Of(string? value)
    {
        if (string.IsNullOrEmpty(value))
            return "";
        var text = Isolation.Isolate(value);
        // A program that reads the file may leave blanks away, so what comes after them counts.
        if (
            value.AsSpan().TrimStart(" \u00a0\u3000\ufeff\u200b") is [var first, ..]
            && Beginnings.Contains(first, StringComparison.Ordinal)
        )
            text = "'" + text;
        return !text.AsSpan().ContainsAny(Quoted)
            ? text
            : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }
}
