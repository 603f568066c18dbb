using PayFlow.ServiceDefaults.Contracts;

namespace PayFlow.Transactions.Lifecycle;

/// <summary>An end as it was written.</summary>
public readonly record struct EndedTransaction(
    Guid Id,
    TransactionStatus Status,
    DateTimeOffset EndedAt,
    FailureReason? FailureReason = null
)
{
    /// <summary>The saga's last state; null for what was recorded as ended.</summary>
    public SagaState? State { get; init; }
}
