namespace PayFlow.Transactions.Lifecycle;

/// <summary>A transaction from its acceptance to its end. Amounts in minor units; words as on the wire.</summary>
public sealed class TransactionRow
{
    public Guid Id { get; init; }

    public Guid TenantId { get; init; }

    /// <summary>The type of a registered kind, such as <c>transfer</c>.</summary>
    public string Type { get; init; } = "";

    /// <summary><c>pending</c>, <c>completed</c> or <c>failed</c>; the last two are final.</summary>
    public string Status { get; init; } = "";

    public Guid FromAccount { get; init; }

    public Guid ToAccount { get; init; }

    /// <summary>Null for the ledger's own accounts.</summary>
    public Guid? FromOwner { get; init; }

    public Guid? ToOwner { get; init; }

    /// <summary>As it was shown to the payer when the transaction was made.</summary>
    public string FromName { get; init; } = "";

    public string ToName { get; init; } = "";

    public string? FromHandle { get; init; }

    public string? ToHandle { get; init; }

    public long Amount { get; init; }

    public long Fee { get; init; }

    public string Currency { get; init; } = "";

    public string? Note { get; init; }

    public string? ExternalReference { get; init; }

    /// <summary>The client's own strings, a JSON object.</summary>
    public string? Metadata { get; init; }

    public Guid? OriginalId { get; init; }

    public long RefundedAmount { get; init; }

    public string? FailureReason { get; init; }

    /// <summary>
    /// Who asked for it: a party. Null where the ledger did, and for what is older than this column's use.
    /// </summary>
    public Guid? InitiatedBy { get; init; }

    public string Channel { get; init; } = "api";

    /// <summary>The leg that the ledger was asked for last.</summary>
    public short Leg { get; init; }

    /// <summary>The kind's own word for what comes next; null at the start, and where one leg is all.</summary>
    public string? Step { get; init; }

    /// <summary>The kind's own facts, such as a rate: a JSON object; null where it has none.</summary>
    public string? Details { get; init; }

    /// <summary>Whose keys these are: the party who asked.</summary>
    public Guid? IdempotencyScope { get; init; }

    public string? Operation { get; init; }

    public string? IdempotencyKey { get; init; }

    public byte[]? Fingerprint { get; init; }

    /// <summary>
    /// The day whose limit, and month's, counted it; null where none did. It is given back there if it fails.
    /// </summary>
    public DateOnly? LimitDay { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>When the ledger posted the debit, by its own clock.</summary>
    public DateTimeOffset? DebitedAt { get; init; }

    public DateTimeOffset? CreditedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }
}
