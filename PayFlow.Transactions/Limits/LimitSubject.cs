namespace PayFlow.Transactions.Limits;

/// <summary>The usage of one payer and currency in a batch, while its row is locked.</summary>
internal sealed class LimitSubject(LimitSubjectKey key)
{
    public LimitSubjectKey Key { get; } = key;

    /// <summary>
    /// The latest day of the payer's transfers in the batch: two transfers around
    /// midnight both count for the later day.
    /// </summary>
    public DateOnly Day { get; set; }

    /// <summary>
    /// The amount that <see cref="LimitCounters.Count"/> adds in advance: all of the batch that could be accepted.
    /// </summary>
    public long Counted { get; set; }

    /// <summary>How much of <see cref="Counted"/> has no confirmation.</summary>
    public long CountedUnconfirmed { get; set; }

    /// <summary>The stored usage without <see cref="Counted"/>.</summary>
    public LimitUsage LimitUsage { get; set; }

    /// <summary>How much of <see cref="Counted"/> was accepted.</summary>
    public long Accepted { get; set; }

    /// <summary>How much of <see cref="CountedUnconfirmed"/> was accepted.</summary>
    public long AcceptedUnconfirmed { get; set; }
}
