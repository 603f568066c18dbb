using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Monetary;

namespace PayFlow.Transactions.Lifecycle;

/// <summary>
/// What a transaction is about. It is fixed at the acceptance, so the same command follows from it again.
/// </summary>
public readonly record struct TransactionTerms
{
    public required TenantId TenantId { get; init; }

    public required TransactionId Id { get; init; }

    public required AccountId From { get; init; }

    public required AccountId To { get; init; }

    /// <summary>Above zero, in the currency of the payer's account.</summary>
    public required Money Amount { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>From this instant on the ledger refuses the first leg.</summary>
    public required DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The kind's own facts, such as a rate, as a JSON object; null where it has none.</summary>
    public required string? Details { get; init; }
}
