namespace PayFlow.Accounts.Ledger;

public sealed class EntryRow
{
    public Guid AccountId { get; init; }

    /// <summary>1..n without gap within the account (I6).</summary>
    public long EntrySeq { get; init; }

    public Guid TenantId { get; init; }

    public Guid TransactionId { get; init; }

    public short Leg { get; init; }

    public long Amount { get; init; }

    /// <summary>The running balance after this entry.</summary>
    public long Balance { get; init; }

    public string Currency { get; init; } = "";

    public DateTimeOffset PostedAt { get; init; }
}
