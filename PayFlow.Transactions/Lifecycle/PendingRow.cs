namespace PayFlow.Transactions.Lifecycle;

/// <summary>
/// That a transaction has not ended: written with it and deleted with its end, so that what is pending is found and
/// counted however many have ended.
/// </summary>
public sealed class PendingRow
{
    public Guid TransactionId { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When its command was repeated last.</summary>
    public DateTimeOffset? AskedAt { get; set; }
}
