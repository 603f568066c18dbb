using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Times;
using PayFlow.Transactions.Confirmation;
using PayFlow.Transactions.Limits;
using PayFlow.Transactions.Payees;

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
    string? TraceParent
)
{
    public SpenderKey Spender => new(InitiatedBy.Value, Currency);

    /// <summary>The day on which it is asked for, where the paying account is.</summary>
    public DateOnly Day { get; } = AccountCalendar.DayOf(CreatedAt, From.Zone);
}
