using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Problems;
using PayFlow.Transactions.Confirmation;
using PayFlow.Transactions.Limits;

namespace PayFlow.Transactions.Intake;

/// <summary>How an intake ended, closed.</summary>
public abstract record IntakeOutcome
{
    /// <summary>Written and durable.</summary>
    public sealed record Accepted : IntakeOutcome;

    /// <summary>The same request came before, with this transaction.</summary>
    public sealed record Replayed(TransactionId Id) : IntakeOutcome;

    /// <summary>The key was used for another request.</summary>
    public sealed record KeyReused : IntakeOutcome;

    /// <summary>It is above a limit: nothing was written.</summary>
    public sealed record LimitExceeded(LimitBreach Breach) : IntakeOutcome;

    /// <summary>It may go on once its payer has confirmed it: nothing was written.</summary>
    public sealed record ConfirmationRequired(ConfirmationReason Reason) : IntakeOutcome;

    /// <summary>The confirmation is forged, expired, another payment's or used: nothing was written.</summary>
    public sealed record ConfirmationInvalid : IntakeOutcome;

    /// <summary>Its kind does not allow it: nothing was written.</summary>
    /// <param name="Detail">What is wrong and what to do, for the client.</param>
    public sealed record Refused(ProblemCode Code, string Detail) : IntakeOutcome;

    /// <summary>The first request with this key is still being written after two seconds.</summary>
    public sealed record InProgress : IntakeOutcome;

    /// <summary>Too much is in progress: nothing was written.</summary>
    public sealed record Busy : IntakeOutcome;

    /// <summary>The database gave no answer: it may or may not be written, and the key finds out.</summary>
    public sealed record Unknown : IntakeOutcome;
}
