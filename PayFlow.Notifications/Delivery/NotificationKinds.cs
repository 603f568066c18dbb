namespace PayFlow.Notifications.Delivery;

/// <summary>
/// The kinds whose channels people choose. All other kinds are about security or the state of an account: they always
/// arrive, and so does a kind that this version does not know.
/// </summary>
public static class NotificationKinds
{
    /// <summary>In the order of the list of preferences.</summary>
    public static IReadOnlyList<NotificationKind> Chosen { get; } =
    [
        new("money_received", IsChosen: true),
        new("money_sent", IsChosen: true),
        new("payment_failed", IsChosen: true),
        new("adjustment", IsChosen: true),
        new("refund", IsChosen: true),
        new("hold", IsChosen: true),
    ];

    /// <summary>One of the kinds that always arrive.</summary>
    public static NotificationKind Security { get; } = new("security_alert", IsChosen: false);

    /// <summary>
    /// A kind may have several texts: <c>refund_sent</c> and <c>refund_received</c> are of the kind <c>refund</c>.
    /// </summary>
    public static string OfTemplate(string template) =>
        Chosen.FirstOrDefault(kind => template.StartsWith(kind.Word + "_", StringComparison.Ordinal))?.Word ?? template;

    public static NotificationKind Of(string word) =>
        Chosen.FirstOrDefault(kind => kind.Word == word) ?? new NotificationKind(word, IsChosen: false);
}
