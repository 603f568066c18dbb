namespace PayFlow.ServiceDefaults.Contracts;

/// <summary>What the ledger decided on one leg of a transaction, as Accounts shows it to other services.</summary>
/// <param name="Outcome"><c>posted</c>, or the word of a <see cref="FailureReason"/>.</param>
/// <param name="Entries">None where it was refused.</param>
public sealed record LedgerRecord(Guid TransactionId, short Leg, string Outcome, DateTimeOffset PostedAt, IReadOnlyList<LedgerRecordEntry> Entries)
{
    public const string Posted = "posted";
}

/// <param name="Amount">In minor units, signed from the holder's side.</param>
public sealed record LedgerRecordEntry(Guid AccountId, long Amount, string Currency);

/// <summary>A transaction that the ledger decided on, and when.</summary>
public sealed record DecidedTransaction(Guid TransactionId, DateTimeOffset PostedAt);

/// <param name="Items">By time and id, without repetition, as many as were asked for at most.</param>
/// <param name="Through">These are all up to this instant, and no earlier one can still appear. Null where there are more than were asked for.</param>
public sealed record DecidedTransactions(IReadOnlyList<DecidedTransaction> Items, DateTimeOffset? Through);
