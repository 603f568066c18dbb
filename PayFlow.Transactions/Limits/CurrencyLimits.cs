namespace PayFlow.Transactions.Limits;

/// <summary>
/// The limits of one currency, by payer: minimum identification, full identification, and merchants with full
/// identification.
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
