using PayFlow.ServiceDefaults.Times;

namespace PayFlow.Transactions.Limits;

public static class LimitCalendar
{
    /// <summary>
    /// When a limit starts anew that was judged on this day; null for the one per transaction, which never does.
    /// </summary>
    public static DateTimeOffset? ResetOf(LimitPeriod period, DateOnly day, TimeZoneInfo zone) =>
        period switch
        {
            LimitPeriod.Day => AccountCalendar.StartOf(day.AddDays(1), zone),
            LimitPeriod.Month => AccountCalendar.StartOf(LimitPolicy.MonthOf(day).AddMonths(1), zone),
            _ => null,
        };
}
