namespace PayFlow.Transactions.Reconciliation;

/// <summary>How far the comparison is, in the hands of the replica whose turn it is.</summary>
internal sealed class Turn
{
    public DateTimeOffset DecidedThrough { get; set; }

    public Guid DecidedId { get; set; }

    public Guid RecordedThrough { get; set; }

    public Guid PassAfter { get; set; }

    /// <summary>
    /// Which pass this is: one that was asked for meanwhile has another time, and is not overwritten.
    /// </summary>
    public DateTimeOffset PassStartedAt { get; init; }

    public long PassCompared { get; set; }

    public bool PassHurries { get; set; }

    public bool PassEnded { get; set; }
}
