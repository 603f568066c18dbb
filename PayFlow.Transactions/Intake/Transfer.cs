using PayFlow.ServiceDefaults.Amounts;
using PayFlow.ServiceDefaults.Idempotency;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Times;
using PayFlow.Transactions.Confirmation;
using PayFlow.Transactions.Lifecycle;
using PayFlow.Transactions.Limits;
using PayFlow.Transactions.Payees;

namespace PayFlow.Transactions.Intake;

/// <summary>A request that moves money, on its way to its admission. Amount in minor units.</summary>
/// <param name="Kind">What it becomes where it is admitted.</param>
/// <param name="InitiatedBy">Who asks: the owner of the paying account.</param>
/// <param name="Key">The client's Idempotency-Key, in the scope of who asks.</param>
/// <param name="Fingerprint">A hash of the parsed request: the same key with another one is refused.</param>
public sealed record Transfer(
    TransactionKind Kind,
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
    LimitRule Rule,
    ShownConfirmation Confirmation,
    DateTimeOffset CreatedAt,
    DateTimeOffset ExpiresAt,
    string? TraceParent
)
{
    /// <summary>How long the ledger may take at most. From then on it refuses the first leg.</summary>
    public static TimeSpan LongestWait { get; } = TimeSpan.FromMinutes(15);

    /// <summary>From when on the ledger refuses what is accepted now.</summary>
    /// <param name="latest">An earlier end than usual; null for none.</param>
    public static DateTimeOffset ExpiryAt(DateTimeOffset now, DateTimeOffset? latest = null) =>
        latest < now + LongestWait ? latest.Value.ToUniversalTime() : now + LongestWait;

    /// <summary>Of the paying account; a batch may hold requests of several.</summary>
    public TenantId Tenant => From.Tenant;

    /// <summary>The kind's own facts, such as a rate: a JSON object; null where it has none.</summary>
    public string? Details { get; init; }

    /// <summary>The transaction that this one undoes, whole or in part; null for none.</summary>
    public Guid? OriginalId { get; init; }

    /// <summary>What its kind demands of it; null where the kind demands nothing more.</summary>
    public IKindAdmission? Admission { get; init; }

    /// <summary>How much of the amount counts for the payer's limits.</summary>
    public long Counted => Kind.CountsForLimits ? Amount : 0;

    public CommandKey<Guid> CommandKey => new(Tenant, InitiatedBy.Value, Kind.Type, Key);

    public LimitSubjectKey LimitSubject => new(Tenant, InitiatedBy.Value, Currency);

    /// <summary>The day on which it is asked for, where the paying account is.</summary>
    public DateOnly Day { get; } = AccountCalendar.DayOf(CreatedAt, From.Zone);

    public TransactionTerms Terms =>
        new()
        {
            TenantId = Tenant,
            Id = Id,
            From = From.AccountId,
            To = To.AccountId,
            Amount = new Money(Amount, ServiceDefaults.Amounts.Currency.Parse(Currency)),
            CreatedAt = CreatedAt,
            ExpiresAt = ExpiresAt,
            Details = Details,
            OriginalId = OriginalId,
        };
}
