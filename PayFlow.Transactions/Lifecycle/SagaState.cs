using PayFlow.ServiceDefaults.Contracts;

namespace PayFlow.Transactions.Lifecycle;

/// <summary>How far a transaction is.</summary>
/// <param name="Leg">The leg that the ledger is asked for now.</param>
/// <param name="Debit">What that leg takes from the payer.</param>
/// <param name="Credit">What that leg gives to the payee.</param>
public sealed record SagaState(
    TransactionStatus Status,
    short Leg,
    LedgerSide Debit,
    LedgerSide Credit,
    DateTimeOffset CreatedAt
)
{
    public DateTimeOffset? DebitedAt { get; init; }

    public DateTimeOffset? CreditedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    public FailureReason? FailureReason { get; init; }
}
