namespace PayFlow.Accounts.Ledger;

/// <summary>What was decided on one leg, kept for ever: a duplicate is answered from here.</summary>
public sealed class PostingRow
{
    public Guid TenantId { get; init; }

    public Guid TransactionId { get; init; }

    public short Leg { get; init; }

    /// <summary><c>posted</c>, or the failure reason's wire word.</summary>
    public string Outcome { get; init; } = "";

    public Guid PayerId { get; init; }

    public DateTimeOffset PostedAt { get; init; }

    public DateTimeOffset EffectiveAt { get; init; }
}
