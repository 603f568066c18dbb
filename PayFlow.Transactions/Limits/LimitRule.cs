namespace PayFlow.Transactions.Limits;

/// <summary>What counts for one caller and currency.</summary>
/// <param name="ConfirmAbove">In minor units.</param>
public readonly record struct LimitRule(LimitAmounts Limits, long ConfirmAbove);
