namespace PayFlow.Transactions.Limits;

/// <summary>The most that one may send, in minor units of one currency.</summary>
public readonly record struct LimitAmounts(long Transaction, long Day, long Month);
