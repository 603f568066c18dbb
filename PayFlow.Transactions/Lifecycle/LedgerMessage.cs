using PayFlow.ServiceDefaults.Contracts;

namespace PayFlow.Transactions.Lifecycle;

/// <summary>The ledger's answer on one leg.</summary>
public abstract record LedgerMessage(short Leg, DateTimeOffset At) : SagaMessage(At)
{
    public sealed record Debited(short Leg, DateTimeOffset At, LedgerSide Side) : LedgerMessage(Leg, At);

    public sealed record Credited(short Leg, DateTimeOffset At, LedgerSide Side) : LedgerMessage(Leg, At);

    /// <summary>The whole answer to a <see cref="LegCommand.Posting"/>.</summary>
    /// <param name="Entries">What was written; none for a leg that only changes a hold.</param>
    public sealed record Posted(short Leg, DateTimeOffset At, IReadOnlyList<PostedEntry> Entries)
        : LedgerMessage(Leg, At);

    public sealed record Refused(short Leg, DateTimeOffset At, FailureReason Reason) : LedgerMessage(Leg, At);
}
