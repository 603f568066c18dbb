using PayFlow.ServiceDefaults.Idempotency;
using PayFlow.Transactions.Confirmation;
using PayFlow.Transactions.Limits;

namespace PayFlow.Transactions.Intake;

/// <summary>
/// Who is let in, as a pure function; it is asked under the lock of the payer's usage. Shape, ownership and the payee's
/// existence come before it, as they need no lock; a request that fails them is still answered with its transaction if
/// its key has one.
/// </summary>
public static class AdmissionPolicy
{
    private static readonly IntakeOutcome Accepted = new IntakeOutcome.Accepted();
    private static readonly IntakeOutcome KeyReused = new IntakeOutcome.KeyReused();
    private static readonly IntakeOutcome InProgress = new IntakeOutcome.InProgress();
    private static readonly IntakeOutcome ConfirmationInvalid = new IntakeOutcome.ConfirmationInvalid();
    private static readonly IntakeOutcome ConfirmAmount = new IntakeOutcome.ConfirmationRequired(
        ConfirmationReason.Amount
    );
    private static readonly IntakeOutcome ConfirmPayee = new IntakeOutcome.ConfirmationRequired(
        ConfirmationReason.NewPayee
    );
    private static readonly IntakeOutcome ConfirmSum = new IntakeOutcome.ConfirmationRequired(
        ConfirmationReason.DaySum
    );

    /// <summary>
    /// The first that applies: a key that was used (the same request again, or another one), a limit, a confirmation
    /// that is worth nothing, a confirmation that is missing (for its amount, then for its payee, then for what went
    /// without one that day: many small payments are no way around the amount). So a replay costs no limit and no
    /// confirmation, and nobody confirms what a limit would refuse. What is shown without need is checked and used up
    /// all the same.
    /// </summary>
    /// <param name="first">What the key stands for; null where it is new.</param>
    /// <param name="usage">What the payer has sent, as of the day that this one counts for.</param>
    /// <param name="isConfirmationUsed">Whether the shown confirmation let another payment in.</param>
    public static IntakeOutcome Decide(
        Transfer transfer,
        FirstUse? first,
        LimitUsage usage,
        bool isKnownPayee,
        bool isConfirmationUsed
    )
    {
        if (OfKey(KeyDecision.Decide(first, transfer.Fingerprint), first) is { } known)
            return known;
        if (LimitPolicy.Decide(transfer.Rule.Limits, usage, transfer.Counted) is { } breach)
            return new IntakeOutcome.LimitExceeded(breach);
        if (!transfer.Kind.AsksForConfirmation)
            return Accepted;
        if (transfer.Confirmation.IsShown)
            return transfer.Confirmation.Id is null || isConfirmationUsed ? ConfirmationInvalid : Accepted;
        if (transfer.Amount > transfer.Rule.ConfirmAbove)
            return ConfirmAmount;
        if (!isKnownPayee)
            return ConfirmPayee;
        return transfer.Counted > LimitPolicy.Left(transfer.Rule.ConfirmAbove, usage.Unconfirmed)
            ? ConfirmSum
            : Accepted;
    }

    /// <returns>Null where the key is new.</returns>
    internal static IntakeOutcome? OfKey(KeyOutcome outcome, FirstUse? first) =>
        outcome switch
        {
            KeyOutcome.Replay => new IntakeOutcome.Replayed(first!.Id),
            KeyOutcome.OtherBody => KeyReused,
            KeyOutcome.InProgress => InProgress,
            _ => null,
        };
}
