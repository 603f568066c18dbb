using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace PayFlow.ServiceDefaults.Http;

/// <summary><c>Prefer: wait=N</c> (RFC 7240): how long a client would wait for the end of what it asked for.</summary>
public static class Preference
{
    public const int MaxWaitSeconds = 10;

    /// <returns>Null where no usable preference was sent; otherwise the seconds that will be honoured.</returns>
    public static int? Wait(HttpRequest request)
    {
        foreach (var header in request.Headers["Prefer"])
        {
            foreach (
                var preference in (header ?? "").Split(
                    ',',
                    StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries
                )
            )
            {
                if (
                    preference.StartsWith("wait=", StringComparison.OrdinalIgnoreCase)
                    && int.TryParse(
                        preference.AsSpan(5),
                        NumberStyles.None,
                        CultureInfo.InvariantCulture,
                        out var seconds
                    )
                    && seconds > 0
                )
                {
                    return Math.Min(seconds, MaxWaitSeconds);
                }
            }
        }

        return null;
    }

    public static void Applied(HttpResponse response, int seconds) =>
        response.Headers["Preference-Applied"] = string.Create(CultureInfo.InvariantCulture, $"wait={seconds}");
}
