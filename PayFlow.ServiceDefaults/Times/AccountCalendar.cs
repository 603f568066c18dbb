namespace PayFlow.ServiceDefaults.Times;

/// <summary>Where an account's day begins and ends.</summary>
public static class AccountCalendar
{
    /// <param name="name">An IANA name; one that this machine does not know counts as UTC.</param>
    public static TimeZoneInfo Zone(string name) =>
        TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : TimeZoneInfo.Utc;

    public static DateOnly DayOf(DateTimeOffset at, TimeZoneInfo zone) =>
        DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, zone).DateTime);

    /// <summary>
    /// The instant at which the day begins, with the zone's offset: midnight, or the first time after it where the
    /// clocks skip midnight.
    /// </summary>
    public static DateTimeOffset StartOf(DateOnly day, TimeZoneInfo zone)
    {
        var midnight = day.ToDateTime(TimeOnly.MinValue);
        while (zone.IsInvalidTime(midnight))
            midnight = midnight.AddMinutes(15);
        // Where the clocks show midnight twice, the day begins with the first.
        return new DateTimeOffset(
            midnight,
            zone.IsAmbiguousTime(midnight) ? zone.GetAmbiguousTimeOffsets(midnight).Max() : zone.GetUtcOffset(midnight)
        );
    }
}
