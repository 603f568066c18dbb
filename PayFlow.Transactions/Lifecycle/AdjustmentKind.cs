using PayFlow.ServiceDefaults.Contracts;

namespace PayFlow.Transactions.Lifecycle;

/// <summary>What Accounts posted by itself. It is recorded as completed, so no leg of it is ever asked for.</summary>
public sealed class AdjustmentKind : TransactionKind
{
    public override string Type => TransactionType.Adjustment;

    public override bool CountsForLimits => false;

    public override LegCommand? CommandFor(
        in TransactionTerms terms,
        LegPosition position,
        DateTimeOffset? askedAgainAt
    ) => null;

    public override SagaOutcome Apply(SagaState state, SagaMessage message, DateTimeOffset now) =>
        Saga.Apply(state, message, now);
}
