namespace PayFlow.Notifications.Inbox;

/// <summary>A notification as clients see it.</summary>
/// <param name="Kind">What it is about, such as <c>money_received</c>; new kinds may come.</param>
public sealed record NotificationResponse(
    Guid Id,
    Guid RecipientId,
    Guid? AccountId,
    Guid? TransactionId,
    string Kind,
    string Title,
    string Body,
    DateTimeOffset CreatedAt,
    DateTimeOffset? ReadAt
)
{
    public static NotificationResponse From(NotificationRow row) =>
        new(
            row.Id,
            row.RecipientId,
            row.AccountId,
            row.TransactionId,
            row.Kind,
            row.Title,
            row.Body,
            row.CreatedAt,
            row.ReadAt
        );
}
