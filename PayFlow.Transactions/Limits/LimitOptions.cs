namespace PayFlow.Transactions.Limits;

/// <summary>
/// How much may be sent, from configuration (<c>Limits</c>). Every amount can be changed; the check itself cannot be
/// left out.
/// </summary>
public sealed class LimitOptions
{
    public Dictionary<string, CurrencyLimits> Currencies { get; } =
        new(StringComparer.Ordinal)
        {
            ["INR"] = new CurrencyLimits
            {
                Minimum = new LimitLine
                {
                    Transaction = "10000",
                    Day = "20000",
                    Month = "100000",
                },
                Full = new LimitLine
                {
                    Transaction = "100000",
                    Day = "200000",
                    Month = "1000000",
                },
                Merchant = new LimitLine
                {
                    Transaction = "200000",
                    Day = "1000000",
                    Month = "10000000",
                },
                ConfirmAbove = "5000",
            },
        };
}
