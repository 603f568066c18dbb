using NodaTime.TimeZones;

namespace PayFlow.Web.Shared;

/// <summary>
/// Zones by any name they ever had. Browsers keep the oldest one (Chromium says <c>Asia/Calcutta</c>), and a host may
/// have only the newest: Debian and Ubuntu keep the old ones in a package of their own.
/// </summary>
public static class ZoneNames
{
    /// <returns>Null where the host has no such zone, by whatever name.</returns>
    public static TimeZoneInfo? Find(string name) =>
        Find(name, one => TimeZoneInfo.TryFindSystemTimeZoneById(one, out var zone) ? zone : null);

    internal static TimeZoneInfo? Find(string name, Func<string, TimeZoneInfo?> onHost)
    {
        if (onHost(name) is { } zone)
            return zone;
        var names = TzdbDateTimeZoneSource.Default;
        return names.CanonicalIdMap.TryGetValue(name, out var canonical)
            ? names.Aliases[canonical].Prepend(canonical).Select(onHost).FirstOrDefault(found => found is not null)
            : null;
    }
}
