using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Identifiers;

namespace PayFlow.Transactions.Lifecycle;

/// <summary>An end as it was written.</summary>
public readonly record struct EndedTransaction(
    Guid Id,
    TransactionStatus Status,
    DateTimeOffset EndedAt,
    FailureReason? FailureReason = null
)
{
    public required TenantId Tenant { get; init; }

    /// <summary>The saga's last state; null for what was recorded as ended.</summary>
    public SagaState? State { get; init; }
}
