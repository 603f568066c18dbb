namespace PayFlow.Web.Wallet.Inbox;

public sealed record Notification(
    Guid Id,
    string Kind,
    string Title,
    string Body,
    DateTimeOffset CreatedAt,
    DateTimeOffset? ReadAt = null,
    Guid? TransactionId = null
);
