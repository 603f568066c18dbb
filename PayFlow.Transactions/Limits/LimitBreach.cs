namespace PayFlow.Transactions.Limits;

/// <summary>Which limit an amount would exceed.</summary>
/// <param name="Left">How much may still be sent under it.</param>
/// <param name="Day">
/// The day it was judged on; the limits of day and month start anew after it and after its month.
/// </param>
public readonly record struct LimitBreach(LimitPeriod Period, long Limit, long Left, DateOnly Day);
