namespace PayFlow.Transactions.Lifecycle;

/// <summary>
/// That a transaction has not ended: written with it and deleted with its end, so that what is pending is found and
/// counted however many have ended.
/// </summary>
public sealed class PendingRow
{
    public Guid TransactionId { get; init; }

    /// <summary>Since when it is at its position: at the start the time of the transaction itself.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When its command was repeated last.</summary>
    public DateTimeOffset? AskedAt { get; set; }

    /// <summary>
    /// Whether it waits for an answer from outside. That may take days, so it is no part of the backlog.
    /// </summary>
    public bool WaitsOutside { get; set; }
}
