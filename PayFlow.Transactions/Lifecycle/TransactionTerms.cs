using Npgsql;
using PayFlow.ServiceDefaults.Amounts;
using PayFlow.ServiceDefaults.Identifiers;

namespace PayFlow.Transactions.Lifecycle;

/// <summary>
/// What a transaction is about. It is fixed at the acceptance, so the same command follows from it again.
/// </summary>
public readonly record struct TransactionTerms
{
    /// <summary>What <see cref="Read"/> reads, of a table <c>transactions t</c>.</summary>
    public const string Columns =
        "t.id, t.tenant_id, t.from_account, t.to_account, t.amount, t.currency, t.created_at, t.expires_at, t.details, "
        + "t.original_id";

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

    /// <summary>The transaction that this one undoes, whole or in part; null for none.</summary>
    public required Guid? OriginalId { get; init; }

    /// <param name="reader">Its first columns are <see cref="Columns"/>.</param>
    public static TransactionTerms Read(NpgsqlDataReader reader) =>
        new()
        {
            Id = new TransactionId(reader.GetGuid(0)),
            TenantId = new TenantId(reader.GetGuid(1)),
            From = new AccountId(reader.GetGuid(2)),
            To = new AccountId(reader.GetGuid(3)),
            Amount = new Money(reader.GetInt64(4), Currency.Parse(reader.GetString(5))),
            CreatedAt = reader.GetFieldValue<DateTimeOffset>(6),
            ExpiresAt = reader.IsDBNull(7) ? null : reader.GetFieldValue<DateTimeOffset>(7),
            Details = reader.IsDBNull(8) ? null : reader.GetString(8),
            OriginalId = reader.IsDBNull(9) ? null : reader.GetGuid(9),
        };
}
