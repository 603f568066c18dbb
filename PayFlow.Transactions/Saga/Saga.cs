using System.Text.Json.Serialization;
using PayFlow.ServiceDefaults.Contracts;

namespace PayFlow.Transactions.Saga;

public enum TransactionStatus
{
    [JsonStringEnumMemberName("pending")] Pending,
    [JsonStringEnumMemberName("completed")] Completed,
    [JsonStringEnumMemberName("failed")] Failed,
}

/// <summary>How far a transaction is.</summary>
/// <param name="Leg">The leg that the ledger is asked for now; what it says of another leg is old news.</param>
public sealed record SagaState(
    TransactionStatus Status, short Leg, DateTimeOffset CreatedAt, DateTimeOffset? DebitedAt = null, DateTimeOffset? CreditedAt = null, DateTimeOffset? EndedAt = null, FailureReason? FailureReason = null);

/// <summary>What the ledger says of one leg.</summary>
public abstract record LedgerMessage(short Leg, DateTimeOffset At)
{
    public sealed record Debited(short Leg, DateTimeOffset At) : LedgerMessage(Leg, At);

    public sealed record Credited(short Leg, DateTimeOffset At) : LedgerMessage(Leg, At);

    public sealed record Refused(short Leg, DateTimeOffset At, FailureReason Reason) : LedgerMessage(Leg, At);
}

/// <summary>
/// The life of a transaction as a pure function. Debit and credit come in either order and any number of times; the end comes
/// once, with the second of them or with a refusal, and is final. A leg outside the ledger (a bank's answer) will be one more
/// message, and a transaction with more legs asks for the next one here.
/// </summary>
public static class Saga
{
    /// <param name="now">When the message is handled: an end is recorded with this time.</param>
    /// <returns>The same instance where the message changes nothing.</returns>
    public static SagaState Apply(SagaState state, LedgerMessage message, DateTimeOffset now)
    {
        if (state.Status != TransactionStatus.Pending) return state;
        if (message.Leg != state.Leg) return state;
        return message switch
        {
            LedgerMessage.Debited when state.DebitedAt is null => EndIfDone(state with { DebitedAt = message.At }, now),
            LedgerMessage.Credited when state.CreditedAt is null => EndIfDone(state with { CreditedAt = message.At }, now),
            LedgerMessage.Refused refused => state with { Status = TransactionStatus.Failed, FailureReason = refused.Reason, EndedAt = NotBefore(state.CreatedAt, now) },
            _ => state,
        };
    }

    private static SagaState EndIfDone(SagaState state, DateTimeOffset now) => state is { DebitedAt: { } debited, CreditedAt: { } credited }
        ? state with { Status = TransactionStatus.Completed, EndedAt = NotBefore(debited > credited ? debited : credited, now) }
        : state;

    // Clocks of two machines differ a little; a timeline must not run backwards.
    private static DateTimeOffset NotBefore(DateTimeOffset earliest, DateTimeOffset now) => now < earliest ? earliest : now;
}
