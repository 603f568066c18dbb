using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.Transactions.Directory;

namespace PayFlow.Transactions.Intake;

/// <summary>A transfer that passed the door's checks, on its way into the database. Amount in minor units.</summary>
/// <param name="Key">The client's Idempotency-Key, in the scope of the paying account.</param>
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
    string Key,
    byte[] Fingerprint,
    DateTimeOffset CreatedAt,
    DateTimeOffset ExpiresAt,
    string? TraceParent);

/// <summary>How an intake ended, closed.</summary>
public abstract record IntakeOutcome
{
    /// <summary>Written and durable.</summary>
    public sealed record Accepted : IntakeOutcome;

    /// <summary>The same request came before, with this transaction.</summary>
    public sealed record Replayed(TransactionId Id) : IntakeOutcome;

    /// <summary>The key was used for another request.</summary>
    public sealed record KeyReused : IntakeOutcome;

    /// <summary>The first request with this key is still being written after two seconds.</summary>
    public sealed record InProgress : IntakeOutcome;

    /// <summary>Too much is in progress: nothing was written.</summary>
    public sealed record Busy : IntakeOutcome;

    /// <summary>The database gave no answer: it may or may not be written, and the key finds out.</summary>
    public sealed record Unknown : IntakeOutcome;
}
