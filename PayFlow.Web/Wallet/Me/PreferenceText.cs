namespace PayFlow.Web.Wallet.Me;

/// <summary>Names of kinds and channels. A later version of the service may have more of them.</summary>
public static class PreferenceText
{
    public static string Kind(string kind) =>
        kind switch
        {
            "money_received" => "Money received",
            "money_sent" => "Payments sent",
            "payment_failed" => "Failed payments",
            "adjustment" => "Corrections by PayFlow",
            "refund" => "Refunds",
            "hold" => "Holds",
            _ => Plain(kind),
        };

    public static string Channel(string channel) =>
        channel switch
        {
            "in_app" => "In the app",
            "email" => "By e-mail",
            _ => Plain(channel),
        };

    /// <summary>Which messages arrive whatever is chosen.</summary>
    public static string Always(IReadOnlyList<string> channels) =>
        channels.Contains("email", StringComparer.Ordinal)
            ? "Security messages always arrive in the app, and by e-mail once your address is verified."
            : "Security messages always arrive in the app.";

    private static string Plain(string word) =>
        word.Length == 0 ? word : char.ToUpperInvariant(word[0]) + word[1..].Replace('_', ' ');
}
