namespace PayFlow.Transactions.Confirmation;

/// <summary>
/// Whom a party has confirmed a payment to, until a long time passes without a payment (<c>KnownPayees.KnownFor</c>).
/// </summary>
public sealed class KnownPayeeRow
{
    public Guid TenantId { get; init; }

    public Guid PayerId { get; init; }

    public Guid PayeeId { get; init; }

    public DateTimeOffset Since { get; init; }

    /// <summary>To within some days (<c>KnownPayees.RenewedAfter</c>), so that few payments write it.</summary>
    public DateTimeOffset LastPaidAt { get; init; }
}
