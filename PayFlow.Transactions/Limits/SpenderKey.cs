namespace PayFlow.Transactions.Limits;

/// <summary>
/// Whose spending in which currency: all of a party's accounts together, so that closing one and opening another
/// restores nothing.
/// </summary>
public readonly record struct SpenderKey(Guid Party, string Currency)
{
    /// <summary>The order in which rows are locked.</summary>
    public static readonly IComparer<SpenderKey> Order = Comparer<SpenderKey>.Create(
        (one, other) =>
            one.Party.CompareTo(other.Party) is var order and not 0
                ? order
                : string.CompareOrdinal(one.Currency, other.Currency)
    );
}
