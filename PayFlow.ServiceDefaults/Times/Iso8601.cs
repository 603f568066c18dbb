using System.Globalization;

namespace PayFlow.ServiceDefaults.Times;

/// <summary>
/// The one place that reads a time which a client wrote. A slash, a month's name or a missing offset would have to be
/// guessed, and each place would guess differently: so they are refused.
/// </summary>
public static class Iso8601
{
    public const string InstantHint =
        "Must be an ISO 8601 time with offset, such as 2026-01-31T18:30:00Z. In a URL, write + as %2B.";
    public const string InstantOrDayHint =
        "Must be an ISO 8601 day such as 2026-01-31, or a time with offset, such as 2026-01-31T18:30:00Z. "
        + "In a URL, write + as %2B.";

    /// <summary>.NET counts in ticks, the seventh digit of a second; other languages write nine.</summary>
    private const int TickDigits = 7;
    private const int MaxDigits = 9;
    private const int OffsetLength = 6;

    private static readonly string[] Formats =
    [
        "yyyy-MM-dd'T'HH:mmzzz",
        "yyyy-MM-dd'T'HH:mm:sszzz",
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz",
    ];

    /// <summary>
    /// <c>2026-01-31T18:30:00Z</c>: date, time to the minute or finer, and an offset of hours and minutes or Z.
    /// </summary>
    public static bool TryReadInstant(string? text, out DateTimeOffset instant)
    {
        instant = default;
        if (text is not [_, _, _, _, '-', _, _, '-', _, _, 'T' or 't', ..])
            return false;
        if (text[^1] is 'Z' or 'z')
            text = text[..^1] + "+00:00";
        if (text.Length <= OffsetLength || text[^OffsetLength] is not ('+' or '-'))
            return false;
        var point = text.IndexOf('.', StringComparison.Ordinal);
        var digits = point < 0 ? 0 : text.Length - OffsetLength - point - 1;
        if (point >= 0 && digits is < 1 or > MaxDigits)
            return false;
        if (digits > TickDigits)
        {
            if (text.AsSpan(point + 1, digits).ContainsAnyExceptInRange('0', '9'))
                return false;
            text = text.Remove(point + 1 + TickDigits, digits - TickDigits);
        }

        return DateTimeOffset.TryParseExact(
            text.ToUpperInvariant(),
            Formats,
            CultureInfo.InvariantCulture,
            DateTimeStyles.None,
            out instant
        );
    }

    /// <summary><c>2026-01-31</c>.</summary>
    public static bool TryReadDay(string? text, out DateOnly day) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out day);
}
