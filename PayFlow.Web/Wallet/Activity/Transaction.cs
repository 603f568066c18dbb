namespace PayFlow.Web.Wallet.Activity;

/// <summary>A payment as Transactions shows it. In lists it has no timeline.</summary>
public sealed record Transaction(
    Guid Id,
    string Type,
    string Status,
    Guid FromAccount,
    Guid ToAccount,
    string Amount,
    string Currency,
    DateTimeOffset CreatedAt,
    string? PendingReason = null,
    string? FromName = null,
    string? ToName = null,
    string? FromHandle = null,
    string? ToHandle = null,
    string? Note = null,
    string? FailureReason = null,
    DateTimeOffset? EndedAt = null,
    Guid? OriginalId = null,
    string? RefundedAmount = null,
    IReadOnlyList<TimelineStep>? Timeline = null
)
{
    public const string Pending = "pending";
    public const string Completed = "completed";
    public const string Failed = "failed";

    public bool IsPending => Status == Pending;

    public bool IsRefund => Type == "refund";

    /// <summary>Only sets money aside, or ends that: no balance changes, so it is no part of the activity.</summary>
    public bool IsHold => Type is "hold" or "release";

    /// <summary>Between two people, and not a correction by PayFlow.</summary>
    public bool IsTransfer => Type != "adjustment";

    public bool Pays(Guid account) => FromAccount == account;

    /// <summary>The other side, seen from <paramref name="account"/>.</summary>
    public (Guid Id, string Name, string? Handle) Other(Guid account) =>
        Pays(account)
            ? (ToAccount, ToName ?? ToHandle ?? "Someone", ToHandle)
            : (FromAccount, FromName ?? FromHandle ?? "Someone", FromHandle);
}
