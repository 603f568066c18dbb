using System.Diagnostics.CodeAnalysis;
using PayFlow.ServiceDefaults.Problems;

namespace PayFlow.ServiceDefaults.Times;

/// <summary>
/// A time as a client wrote it in an address. It is read where the field's name is known, so that the answer can name
/// it; and a day needs the account's zone.
/// </summary>
public readonly record struct TimeText(string Text) : IParsable<TimeText>
{
    /// <summary>
    /// Takes every text: a route parameter that cannot be parsed would be refused without the reason.
    /// </summary>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out TimeText result)
    {
        result = new TimeText(s ?? "");
        return true;
    }

    public static TimeText Parse(string s, IFormatProvider? provider) => new(s);

    /// <returns>The instant in UTC; null where the text is none, which <paramref name="errors"/> then says.</returns>
    public DateTimeOffset? ReadInstant(string field, FieldErrors errors)
    {
        if (Iso8601.TryReadInstant(Text, out var instant))
            return instant.ToUniversalTime();
        errors.Add(field, Iso8601.InstantHint);
        return null;
    }

    /// <summary>An instant, or the beginning of a day.</summary>
    /// <inheritdoc cref="ReadInstant" path="/returns"/>
    public DateTimeOffset? ReadStart(string field, TimeZoneInfo zone, FieldErrors errors) =>
        Read(field, day => AccountCalendar.StartOf(day, zone), errors);

    /// <summary>An instant, or the end of a day: the instant at which the next one begins.</summary>
    /// <inheritdoc cref="ReadInstant" path="/returns"/>
    public DateTimeOffset? ReadEnd(string field, TimeZoneInfo zone, FieldErrors errors) =>
        Read(
            field,
            day => day == DateOnly.MaxValue ? DateTimeOffset.MaxValue : AccountCalendar.StartOf(day.AddDays(1), zone),
            errors
        );

    public bool IsDay => Iso8601.TryReadDay(Text, out _);

    public override string ToString() => Text ?? "";

    private DateTimeOffset? Read(string field, Func<DateOnly, DateTimeOffset> ofDay, FieldErrors errors)
    {
        if (Iso8601.TryReadInstant(Text, out var instant))
            return instant.ToUniversalTime();
        // A zone moves the first day before the first instant that there is.
        if (Iso8601.TryReadDay(Text, out var day) && day > DateOnly.MinValue)
            return ofDay(day).ToUniversalTime();
        errors.Add(field, Iso8601.InstantOrDayHint);
        return null;
    }
}
