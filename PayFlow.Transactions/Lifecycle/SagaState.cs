using PayFlow.ServiceDefaults.Contracts;

namespace PayFlow.Transactions.Lifecycle;

/// <summary>How far a transaction is.</summary>
/// <param name="Leg">The leg that the ledger was asked for last.</param>
/// <param name="Debit">What a transfer takes from the payer.</param>
/// <param name="Credit">What a transfer gives to the payee.</param>
public sealed record SagaState(
    TransactionStatus Status,
    short Leg,
    LedgerSide Debit,
    LedgerSide Credit,
    DateTimeOffset CreatedAt
)
{
    /// <summary>The kind's own word for what comes next; null at the start.</summary>
    public string? Step { get; init; }

    public LegPosition Position => new(Leg, Step);

    public DateTimeOffset? DebitedAt { get; init; }

    public DateTimeOffset? CreditedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    public FailureReason? FailureReason { get; init; }
}
