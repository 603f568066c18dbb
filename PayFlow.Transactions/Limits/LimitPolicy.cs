namespace PayFlow.Transactions.Limits;

/// <summary>
/// What may be sent by whom, as pure functions. Days and months are the calendar's in the account's time zone. Usage is
/// counted when a transaction is accepted and taken back when it fails; a refund restores nothing.
/// </summary>
public static class LimitPolicy
{
    /// <summary>
    /// Null where the amount fits. Of several limits that it exceeds, the one that does not pass by itself is named:
    /// per transaction, then the month's, then the day's.
    /// </summary>
    /// <param name="usage">As of today: see <see cref="On"/>.</param>
    public static LimitBreach? Decide(LimitAmounts limits, LimitUsage usage, long amount)
    {
        if (amount > limits.Transaction)
            return new LimitBreach(LimitPeriod.Transaction, limits.Transaction, limits.Transaction, usage.Day);
        if (amount > Left(limits.Month, usage.OfMonth))
            return new LimitBreach(LimitPeriod.Month, limits.Month, Left(limits.Month, usage.OfMonth), usage.Day);
        if (amount > Left(limits.Day, usage.OfDay))
            return new LimitBreach(LimitPeriod.Day, limits.Day, Left(limits.Day, usage.OfDay), usage.Day);
        return null;
    }

    public static LimitUsage Add(this LimitUsage usage, long amount, bool isConfirmed) =>
        usage with
        {
            OfDay = checked(usage.OfDay + amount),
            OfMonth = checked(usage.OfMonth + amount),
            Unconfirmed = isConfirmed ? usage.Unconfirmed : checked(usage.Unconfirmed + amount),
        };

    /// <summary>
    /// The same, seen from another day: a new day and a new month begin with nothing. Time never runs backwards here.
    /// </summary>
    public static LimitUsage On(this LimitUsage usage, DateOnly today) =>
        today <= usage.Day ? usage : new LimitUsage(today, 0, MonthOf(today) == MonthOf(usage.Day) ? usage.OfMonth : 0);

    /// <summary>Never below zero: a limit may have been lowered since.</summary>
    public static long Left(long limit, long usage) => Math.Max(0, limit - usage);

    /// <summary>The month's first day.</summary>
    public static DateOnly MonthOf(DateOnly day) => new(day.Year, day.Month, 1);
}
