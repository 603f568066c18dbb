using PayFlow.ServiceDefaults.Contracts;

namespace PayFlow.Transactions.Lifecycle;

/// <summary>
/// The life of a transfer as a pure function, and the steps that other kinds share. Debit and credit come in either
/// order and any number of times. The transaction ends once, with the second of them or with a refusal, and the end is
/// final. The first of these holds:
/// <list type="number">
/// <item>A message of another form than the ledger's answer to a transfer: a contradiction.</item>
/// <item>An earlier leg is old news: ignored.</item>
/// <item>A later leg was never asked for: a contradiction.</item>
/// <item>A debit or credit of another account, amount or currency than asked for: a contradiction.</item>
/// <item>
/// A debit or credit of a failed transaction, a refusal of a completed one, or a refusal for another reason than the
/// recorded one: a contradiction.</item>
/// <item>What is recorded already: ignored.</item>
/// <item>Anything else moves the transaction on.</item>
/// </list>
/// </summary>
public static class Saga
{
    /// <param name="now">When the message is handled: an end is recorded with this time.</param>
    public static SagaOutcome Apply(SagaState state, SagaMessage message, DateTimeOffset now)
    {
        if (message is not LedgerMessage answer || message is LedgerMessage.Posted)
            return Contradiction($"{message.GetType().Name} is no answer to a transfer.");
        if (OfOtherLeg(state, answer) is { } other)
            return other;
        return answer switch
        {
            LedgerMessage.Debited debited => Move(
                state,
                "debit",
                debited.Side,
                state.Debit,
                state.DebitedAt,
                EndIfDone(state with { DebitedAt = message.At }, now)
            ),
            LedgerMessage.Credited credited => Move(
                state,
                "credit",
                credited.Side,
                state.Credit,
                state.CreditedAt,
                EndIfDone(state with { CreditedAt = message.At }, now)
            ),
            LedgerMessage.Refused refused => Refuse(state, refused, now),
            _ => throw new ArgumentOutOfRangeException(nameof(message)),
        };
    }

    /// <summary>The first question on each answer of the ledger: is it about the leg that was asked for last?</summary>
    /// <returns>Null where it is; otherwise an earlier leg is ignored, and a later one is a contradiction.</returns>
    public static SagaOutcome? OfOtherLeg(SagaState state, LedgerMessage message)
    {
        if (message.Leg < state.Leg)
            return SagaOutcome.Ignored.Duplicate;
        return message.Leg > state.Leg
            ? Contradiction($"The ledger decided leg {message.Leg}, and only leg {state.Leg} was asked for.")
            : null;
    }

    /// <summary>
    /// The life of a transaction with one leg in the ledger's general form: it ends with the ledger's answer.
    /// </summary>
    public static SagaOutcome ApplyToOnePosting(SagaState state, SagaMessage message, DateTimeOffset now) =>
        message is not LedgerMessage answer
            ? Contradiction("Nothing outside the ledger answers it.")
            : OfOtherLeg(state, answer)
                ?? (state.Status, answer) switch
                {
                    (TransactionStatus.Pending, LedgerMessage.Posted) => new SagaOutcome.Advanced(
                        Completed(state, answer.At, now)
                    ),
                    (TransactionStatus.Completed, LedgerMessage.Posted) => SagaOutcome.Ignored.Duplicate,
                    (_, LedgerMessage.Refused refused) => Refuse(state, refused, now),
                    _ => Contradiction("The ledger's answer does not fit what is recorded."),
                };

    /// <summary>The state after a completion.</summary>
    /// <param name="at">When the ledger posted the last leg.</param>
    public static SagaState Completed(SagaState state, DateTimeOffset at, DateTimeOffset now) =>
        state with
        {
            Status = TransactionStatus.Completed,
            EndedAt = NotBefore(at, now),
        };

    /// <summary>The state after a failure.</summary>
    public static SagaState Failed(SagaState state, FailureReason reason, DateTimeOffset now) =>
        state with
        {
            Status = TransactionStatus.Failed,
            FailureReason = reason,
            EndedAt = NotBefore(state.CreatedAt, now),
        };

    private static SagaOutcome Move(
        SagaState state,
        string step,
        LedgerSide said,
        LedgerSide asked,
        DateTimeOffset? recorded,
        SagaState next
    )
    {
        if (!said.Agrees(asked))
            return Contradiction($"The ledger posted a {step} of {said}, and asked for was {asked}.");
        if (state.Status == TransactionStatus.Failed)
            return Contradiction($"The ledger posted a {step}, and the transaction had failed: {Word(state)}.");
        return recorded is null ? new SagaOutcome.Advanced(next) : SagaOutcome.Ignored.Duplicate;
    }

    private static SagaOutcome Refuse(SagaState state, LedgerMessage.Refused refused, DateTimeOffset now) =>
        state.Status switch
        {
            TransactionStatus.Completed => Contradiction(
                $"The ledger refused it ({EnumNames.Of(refused.Reason)}), and the transaction had completed."
            ),
            TransactionStatus.Failed when state.FailureReason != refused.Reason => Contradiction(
                $"The ledger refused it ({EnumNames.Of(refused.Reason)}), and the transaction had failed "
                    + $"for another reason: {Word(state)}."
            ),
            TransactionStatus.Failed => SagaOutcome.Ignored.Duplicate,
            _ => new SagaOutcome.Advanced(Failed(state, refused.Reason, now)),
        };

    private static SagaOutcome.Contradiction Contradiction(string reason) => new(reason);

    private static string Word(SagaState state) =>
        state.FailureReason is { } reason ? EnumNames.Of(reason) : "no reason";

    private static SagaState EndIfDone(SagaState state, DateTimeOffset now) =>
        state is { DebitedAt: { } debited, CreditedAt: { } credited }
            ? Completed(state, debited > credited ? debited : credited, now)
            : state;

    // Clocks of two machines differ a little; a timeline must not run backwards.
    private static DateTimeOffset NotBefore(DateTimeOffset earliest, DateTimeOffset now) =>
        now < earliest ? earliest : now;
}
