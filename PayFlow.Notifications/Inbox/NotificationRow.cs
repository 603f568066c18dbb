namespace PayFlow.Notifications.Inbox;

/// <summary>What one party was told, once.</summary>
public sealed class NotificationRow
{
    public Guid Id { get; init; }

    public Guid TenantId { get; init; }

    public Guid RecipientId { get; init; }

    public Guid? AccountId { get; init; }

    public Guid? TransactionId { get; init; }

    /// <summary>
    /// A stable word for what it is about: <c>money_received</c>, <c>money_sent</c>, <c>payment_failed</c>,
    /// <c>adjustment</c>, <c>account_opened</c>, or what a request said.
    /// </summary>
    public string Kind { get; init; } = "";

    public string Title { get; init; } = "";

    public string Body { get; init; } = "";

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? ReadAt { get; set; }
}
