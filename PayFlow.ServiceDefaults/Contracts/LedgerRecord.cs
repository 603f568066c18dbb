namespace PayFlow.ServiceDefaults.Contracts;

/// <summary>The ledger's decision on one leg of a transaction, as Accounts shows it to other services.</summary>
/// <param name="Outcome"><c>posted</c>, or the word of a <see cref="FailureReason"/>.</param>
/// <param name="Entries">None where it was refused.</param>
public sealed record LedgerRecord(
    Guid TransactionId,
    short Leg,
    string Outcome,
    DateTimeOffset PostedAt,
    IReadOnlyList<LedgerRecordEntry> Entries
)
{
    public const string Posted = "posted";
}
