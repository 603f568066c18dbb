namespace PayFlow.Transactions.Limits;

/// <summary>What counts for one caller and currency.</summary>
/// <param name="ConfirmAbove">In minor units.</param>
public readonly record struct LimitRule(LimitAmounts Limits, long ConfirmAbove)
{
    /// <summary>For what no limit counts.</summary>
    public static readonly LimitRule Unlimited = new(
        new LimitAmounts(long.MaxValue, long.MaxValue, long.MaxValue),
        long.MaxValue
    );
}
