namespace PayFlow.Accounts.Adjustments;

/// <summary>
/// An adjustment that an admin asked for, <c>posted</c> alone or decided by another one; <see cref="Id"/> is, or
/// becomes, its transaction.
/// </summary>
public sealed class AdjustmentRow
{
    public Guid Id { get; init; }

    public Guid TenantId { get; init; }

    public Guid AccountId { get; init; }

    public long Amount { get; init; }

    public string Currency { get; init; } = "";

    public string Reason { get; init; } = "";

    public string Status { get; set; } = "pending";

    public Guid RequestedBy { get; init; }

    public DateTimeOffset RequestedAt { get; init; }

    public Guid? DecidedBy { get; set; }

    public DateTimeOffset? DecidedAt { get; set; }
}
