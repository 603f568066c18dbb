namespace PayFlow.Transactions.Limits;

/// <summary>
/// What counts for one currency, by who sends: whoever is known a little, whoever is known fully, and merchants that
/// are.
/// </summary>
public sealed class CurrencyLimits
{
    public LimitLine Minimum { get; set; } = new();

    public LimitLine Full { get; set; } = new();

    public LimitLine Merchant { get; set; } = new();

    /// <summary>
    /// A payment of more than this needs a confirmation, and so does one that, with what went without a confirmation on
    /// the same day, comes to more.
    /// </summary>
    public string? ConfirmAbove { get; set; }
}
