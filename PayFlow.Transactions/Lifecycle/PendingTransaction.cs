using PayFlow.ServiceDefaults.Contracts;
using PayFlow.Transactions.Limits;

namespace PayFlow.Transactions.Lifecycle;

/// <summary>A transaction as the saga reads it: how far it is, and what its end will tell.</summary>
/// <param name="Version">PostgreSQL's own of this row.</param>
/// <param name="Counted">What it counted for its payer's limits; null where no limit did.</param>
public sealed record PendingTransaction(SagaState State, TransactionFacts Facts, CountedUsage? Counted, uint Version)
{
    public required TransactionTerms Terms { get; init; }
}
