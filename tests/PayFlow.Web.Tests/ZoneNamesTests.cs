using NodaTime.TimeZones;
using PayFlow.Web.Shared;

namespace PayFlow.Web.Tests;

/// <summary>
/// Every name a browser may give leads to its zone on a host that has the newest names alone, and on one that has the
/// oldest.
/// </summary>
public sealed class ZoneNamesTests
{
    private static readonly TimeZoneInfo Found = TimeZoneInfo.CreateCustomTimeZone("found", TimeSpan.Zero, null, null);

    [Fact]
    public void An_old_name_is_found_by_its_new_one()
    {
        Assert.All(
            TzdbDateTimeZoneSource.Default.CanonicalIdMap,
            names => Assert.Same(Found, ZoneNames.Find(names.Key, one => one == names.Value ? Found : null))
        );
        Assert.Same(Found, ZoneNames.Find("Asia/Calcutta", one => one == "Asia/Kolkata" ? Found : null));
    }

    [Fact]
    public void A_new_name_is_found_by_an_old_one() =>
        Assert.All(
            TzdbDateTimeZoneSource.Default.CanonicalIdMap,
            names => Assert.Same(Found, ZoneNames.Find(names.Value, one => one == names.Key ? Found : null))
        );

    [Theory]
    [InlineData("Mars/Olympus")]
    [InlineData("../../etc/passwd")]
    [InlineData("")]
    public void What_is_no_zone_is_none(string name) => Assert.Null(ZoneNames.Find(name, _ => null));

    [Theory]
    [InlineData("Asia%2FCalcutta", 5.5)]
    [InlineData("Asia/Katmandu", 5.75)]
    [InlineData(null, 0)]
    public void A_browser_is_shown_its_own_time(string? cookie, double hours) =>
        Assert.Equal(TimeSpan.FromHours(hours), WalletPreferences.Zone(cookie).GetUtcOffset(People.Noon));
}
