namespace PayFlow.Transactions.Reconciliation;

/// <summary>How far the comparison with the ledger has come. One row.</summary>
public sealed class ReconciliationRow
{
    public const int OnlyId = 1;

    public int Id { get; init; }

    /// <summary>Until then one replica compares, and the others do not.</summary>
    public DateTimeOffset LeasedUntil { get; set; }

    /// <summary>When a round last compared all that was due; null before the first.</summary>
    public DateTimeOffset? ComparedAt { get; set; }

    /// <summary>
    /// What the ledger decided is compared up to this time, and within it up to <see cref="DecidedId"/>.
    /// </summary>
    public DateTimeOffset DecidedThrough { get; set; }

    public Guid DecidedId { get; set; }

    /// <summary>What was recorded is compared up to this id. Ids sort by time.</summary>
    public Guid RecordedThrough { get; set; }

    /// <summary>The pass over everything, from the first id on, has come to this id.</summary>
    public Guid PassAfter { get; set; }

    public DateTimeOffset PassStartedAt { get; set; }

    public long PassCompared { get; set; }

    /// <summary>Somebody waits for the pass.</summary>
    public bool PassHurries { get; set; }

    /// <summary>When the last whole pass ended; null where one was asked for since.</summary>
    public DateTimeOffset? PassEndedAt { get; set; }

    /// <summary>The broker's identity at the last round. Another one may mean that a backup was restored.</summary>
    public string Broker { get; set; } = "";
}
