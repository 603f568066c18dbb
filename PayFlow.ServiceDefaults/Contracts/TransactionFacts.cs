using PayFlow.ServiceDefaults.Identifiers;

namespace PayFlow.ServiceDefaults.Contracts;

/// <summary>What both ends of a transaction's life tell.</summary>
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
