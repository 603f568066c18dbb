namespace PayFlow.Transactions.Lifecycle;

/// <summary>How far a transaction is, as its kind counts.</summary>
/// <param name="Leg">The leg that the ledger was asked for last.</param>
/// <param name="Step">The kind's own word for what comes next; null at the start, and where one leg is all.</param>
public readonly record struct LegPosition(short Leg, string? Step)
{
    /// <summary>Where every transaction begins.</summary>
    public static LegPosition Start { get; } = new(1, null);
}
