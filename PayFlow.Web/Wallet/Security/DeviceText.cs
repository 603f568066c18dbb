namespace PayFlow.Web.Wallet.Security;

/// <summary>A device as its owner knows it.</summary>
public static class DeviceText
{
    private static readonly (string Mark, string Name)[] Browsers =
    [
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser", "Samsung Internet"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ];

    private static readonly (string Mark, string Name)[] Systems =
    [
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("CrOS", "ChromeOS"),
        ("Mac OS X", "Mac"),
        ("Linux", "Linux"),
    ];

    /// <summary>Such as "Chrome on Android".</summary>
    public static string Of(string userAgent)
    {
        var browser = Array.Find(Browsers, one => userAgent.Contains(one.Mark, StringComparison.Ordinal)).Name;
        var system = Array.Find(Systems, one => userAgent.Contains(one.Mark, StringComparison.Ordinal)).Name;
        return (browser, system) switch
        {
            (not null, not null) => $"{browser} on {system}",
            (not null, null) => browser,
            (null, not null) => system,
            _ => userAgent.Length == 0 ? "Unknown device" : userAgent.Split('/')[0],
        };
    }
}
