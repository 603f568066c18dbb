using System.Globalization;

namespace PayFlow.Notifications.Email;

/// <summary>What an e-mail says beyond its own text.</summary>
public static class GatheredText
{
    /// <summary>The text of one of several e-mails of a kind, of which only this one is sent.</summary>
    /// <param name="times">How often it happened, this time included.</param>
    public static string Of(string body, int times) =>
        times == 1
            ? body
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{body}\n\nThis happened {times} times recently. Your wallet lists each under Notifications."
            );
}
