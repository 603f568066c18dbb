using System.Text.Json.Serialization;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Times;
using PayFlow.Transactions.Directory;
using PayFlow.Transactions.Spending;

namespace PayFlow.Transactions.Intake;

/// <summary>A transfer that may be asked for, on its way to be judged and written. Amount in minor units.</summary>
/// <param name="InitiatedBy">Who asks: the owner of the paying account.</param>
/// <param name="Key">The client's Idempotency-Key, in the scope of who asks.</param>
/// <param name="Fingerprint">A hash of the parsed request: the same key with another one is refused.</param>
public sealed record Transfer(
    TransactionId Id,
    DirectoryEntry From,
    DirectoryEntry To,
    long Amount,
    string Currency,
    string? Note,
    string? ExternalReference,
    string? Metadata,
    PartyId InitiatedBy,
    string Key,
    byte[] Fingerprint,
    SpendingRule Rule,
    ShownConfirmation Confirmation,
    DateTimeOffset CreatedAt,
    DateTimeOffset ExpiresAt,
    string? TraceParent)
{
    public SpenderKey Spender => new(InitiatedBy.Value, Currency);

    /// <summary>The day on which it is asked for, where the paying account is.</summary>
    public DateOnly Day { get; } = AccountCalendar.DayOf(CreatedAt, From.Zone);
}

/// <summary>What came with a payment to confirm it: nothing, something worthless, or a confirmation of this very payment.</summary>
/// <param name="Id">Null where it is worthless.</param>
public readonly record struct ShownConfirmation(bool IsShown, Guid? Id)
{
    public static readonly ShownConfirmation None;
    public static readonly ShownConfirmation Worthless = new(true, null);

    public static ShownConfirmation Of(Guid id) => new(true, id);
}

/// <summary>Why a payment needs a confirmation.</summary>
public enum ConfirmationReason
{
    [JsonStringEnumMemberName("amount")] Amount,
    [JsonStringEnumMemberName("new_payee")] NewPayee,

    /// <summary>With it, more would go without a confirmation on this day than may.</summary>
    [JsonStringEnumMemberName("day_sum")] DaySum,
}

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

    /// <summary>The first request with this key is still being written after two seconds.</summary>
    public sealed record InProgress : IntakeOutcome;

    /// <summary>Too much is in progress: nothing was written.</summary>
    public sealed record Busy : IntakeOutcome;

    /// <summary>The database gave no answer: it may or may not be written, and the key finds out.</summary>
    public sealed record Unknown : IntakeOutcome;
}
