namespace PayFlow.Web.Wallet.Inbox;

/// <summary>What the wallet says of notifications.</summary>
public static class InboxText
{
    /// <summary>What a notification is about without its amount; null where it tells none.</summary>
    public static string? WithoutAmount(string kind) =>
        kind switch
        {
            "money_received" => "Money arrived",
            "money_sent" => "Your payment arrived",
            "payment_failed" => "A payment was not sent",
            "adjustment" => "Your balance was changed",
            "hold" => "A hold has changed",
            "refund" => "A payment was refunded",
            _ => null,
        };
}
