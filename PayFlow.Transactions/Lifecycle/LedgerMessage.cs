using PayFlow.ServiceDefaults.Contracts;

namespace PayFlow.Transactions.Lifecycle;

/// <summary>What the ledger says of one leg.</summary>
public abstract record LedgerMessage(short Leg, DateTimeOffset At)
{
    public sealed record Debited(short Leg, DateTimeOffset At, LedgerSide Side) : LedgerMessage(Leg, At);

    public sealed record Credited(short Leg, DateTimeOffset At, LedgerSide Side) : LedgerMessage(Leg, At);

    public sealed record Refused(short Leg, DateTimeOffset At, FailureReason Reason) : LedgerMessage(Leg, At);
}
