namespace PayFlow.Transactions.Limits;

/// <summary>What was counted: on the last day on which anything was, and in that day's month.</summary>
/// <param name="Unconfirmed">How much of the day's went without a confirmation.</param>
public readonly record struct LimitUsage(DateOnly Day, long OfDay, long OfMonth, long Unconfirmed = 0);
