using PayFlow.ServiceDefaults.Identifiers;

namespace PayFlow.ServiceDefaults.Contracts;

/// <summary>The data that completed and failed transactions share.</summary>
public sealed record TransactionFacts(
    TenantId TenantId,
    TransactionId TransactionId,
    TransactionType Type,
    Participant From,
    Participant To,
    string Amount,
    string Currency,
    string? Note,
    DateTimeOffset CreatedAt,
    DateTimeOffset EndedAt
);
