namespace PayFlow.Transactions.Limits;

/// <summary>One spender in a batch, while its row is locked.</summary>
internal sealed class Spender(SpenderKey key)
{
    public SpenderKey Key { get; } = key;

    /// <summary>
    /// The latest day of their transfers in the batch: of two on either side of midnight, both count for the later one.
    /// </summary>
    public DateOnly Day { get; set; }

    /// <summary>What <see cref="LimitUsage.Count"/> adds in advance: all of the batch that could be accepted.</summary>
    public long Counted { get; set; }

    /// <summary>How much of <see cref="Counted"/> has no confirmation.</summary>
    public long CountedUnconfirmed { get; set; }

    /// <summary>Without what was counted in advance.</summary>
    public Spent Spent { get; set; }

    /// <summary>How much of <see cref="Counted"/> was accepted.</summary>
    public long Accepted { get; set; }

    /// <summary>How much of <see cref="CountedUnconfirmed"/> was accepted.</summary>
    public long AcceptedUnconfirmed { get; set; }
}
