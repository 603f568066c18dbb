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
    /// <param name="spent">As of today: see <see cref="On"/>.</param>
    public static LimitBreach? Decide(LimitAmounts limits, Spent spent, long amount)
    {
        if (amount > limits.Transaction)
            return new LimitBreach(LimitPeriod.Transaction, limits.Transaction, limits.Transaction, spent.Day);
        if (amount > Left(limits.Month, spent.OfMonth))
            return new LimitBreach(LimitPeriod.Month, limits.Month, Left(limits.Month, spent.OfMonth), spent.Day);
        if (amount > Left(limits.Day, spent.OfDay))
            return new LimitBreach(LimitPeriod.Day, limits.Day, Left(limits.Day, spent.OfDay), spent.Day);
        return null;
    }

    public static Spent Add(this Spent spent, long amount, bool isConfirmed) =>
        spent with
        {
            OfDay = checked(spent.OfDay + amount),
            OfMonth = checked(spent.OfMonth + amount),
            Unconfirmed = isConfirmed ? spent.Unconfirmed : checked(spent.Unconfirmed + amount),
        };

    /// <summary>
    /// The same, seen from another day: a new day and a new month begin with nothing. Time never runs backwards here.
    /// </summary>
    public static Spent On(this Spent spent, DateOnly today) =>
        today <= spent.Day ? spent : new Spent(today, 0, MonthOf(today) == MonthOf(spent.Day) ? spent.OfMonth : 0);

    /// <summary>Never below zero: a limit may have been lowered since.</summary>
    public static long Left(long limit, long spent) => Math.Max(0, limit - spent);

    /// <summary>The month's first day.</summary>
    public static DateOnly MonthOf(DateOnly day) => new(day.Year, day.Month, 1);
}
