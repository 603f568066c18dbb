namespace PayFlow.Web.Shared;

/// <summary>
/// What a browser remembers, read from its cookies when a page is asked for and handed to the circuit.
/// </summary>
/// <param name="Theme"><c>light</c>, <c>dark</c> or <c>system</c>.</param>
public sealed record WalletPreferences(string Theme, bool HidesAmounts, string? TimeZone)
{
    public const string ThemeCookie = "payflow.theme";
    public const string HideCookie = "payflow.hide";
    public const string ZoneCookie = "payflow.zone";

    public static WalletPreferences None { get; } = new("system", false, null);

    public static WalletPreferences From(HttpRequest request)
    {
        var cookies = request.Cookies;
        return new WalletPreferences(
            cookies[ThemeCookie] is { } theme and ("light" or "dark") ? theme : "system",
            cookies[HideCookie] == "1",
            cookies[ZoneCookie]
        );
    }

    /// <summary>The zone by its IANA name; UTC where the browser's is unknown here.</summary>
    public static TimeZoneInfo Zone(string? name) =>
        (name is null ? null : ZoneNames.Find(Uri.UnescapeDataString(name))) ?? TimeZoneInfo.Utc;
}
