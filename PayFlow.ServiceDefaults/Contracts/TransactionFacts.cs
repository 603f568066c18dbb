using PayFlow.ServiceDefaults.Identifiers;

namespace PayFlow.ServiceDefaults.Contracts;

/// <summary>The data that completed and failed transactions share.</summary>
/// <param name="Type">A <see cref="TransactionType"/> or another kind's.</param>
/// <param name="Notices">Which texts the parties get; null for those that Notifications has for the type.</param>
public sealed record TransactionFacts(
    TenantId TenantId,
    TransactionId TransactionId,
    string Type,
    Participant From,
    Participant To,
    string Amount,
    string Currency,
    string? Note,
    DateTimeOffset CreatedAt,
    DateTimeOffset EndedAt,
    IReadOnlyList<Notice>? Notices = null
);
