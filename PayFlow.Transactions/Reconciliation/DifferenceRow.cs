namespace PayFlow.Transactions.Reconciliation;

/// <summary>A transaction that the record and the ledger do not agree on. The row goes when they agree again.</summary>
public sealed class DifferenceRow
{
    public Guid TransactionId { get; init; }

    /// <summary>The word of a <see cref="DifferenceKind"/>.</summary>
    public string Kind { get; set; } = "";

    public string Detail { get; set; } = "";

    public DateTimeOffset FoundAt { get; init; }

    /// <summary>When it was last seen. One that was seen once only may be on its way.</summary>
    public DateTimeOffset CheckedAt { get; set; }

    /// <summary>When an admin closed it; null where it is open.</summary>
    public DateTimeOffset? AcceptedAt { get; set; }

    public Guid? AcceptedBy { get; set; }

    public string? AcceptedReason { get; set; }
}
