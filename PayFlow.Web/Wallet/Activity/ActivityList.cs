using System.Globalization;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.Web.Api;

namespace PayFlow.Web.Wallet.Activity;

/// <summary>Lists of payments: newest first, by day, each once.</summary>
public static class ActivityList
{
    /// <summary>
    /// Puts a payment in its place or over its older self. An end is final: what comes late changes it no more.
    /// </summary>
    public static IReadOnlyList<Transaction> With(this IReadOnlyList<Transaction> items, Transaction changed)
    {
        var known = items.FirstOrDefault(item => item.Id == changed.Id);
        if (known is not null && !known.IsPending && changed.IsPending)
            return items;
        return
        [
            .. items
                .Where(item => item.Id != changed.Id)
                .Append(known is null ? changed : Merge(known, changed))
                .OrderByDescending(item => item.CreatedAt)
                .ThenByDescending(item => item.Id),
        ];
    }

    public static IEnumerable<IGrouping<DateOnly, Transaction>> ByDay(
        this IEnumerable<Transaction> items,
        TimeZoneInfo zone
    ) => items.GroupBy(item => DayOf(item.CreatedAt, zone));

    public static DateOnly DayOf(DateTimeOffset at, TimeZoneInfo zone) =>
        DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, zone).DateTime);

    /// <summary>"Today", "Yesterday", "Monday 3 November" or, in another year, "3 November 2025".</summary>
    public static string DayName(DateOnly day, DateOnly today)
    {
        if (day == today)
            return "Today";
        if (day == today.AddDays(-1))
            return "Yesterday";
        return day.ToString(day.Year == today.Year ? "dddd d MMMM" : "d MMMM yyyy", CultureInfo.InvariantCulture);
    }

    public static string TimeOfDay(DateTimeOffset at, TimeZoneInfo zone) =>
        TimeZoneInfo.ConvertTime(at, zone).ToString("HH:mm", CultureInfo.InvariantCulture);

    /// <summary>Those paid or paying most recently, the last one first, each once.</summary>
    public static IEnumerable<(Guid Id, string Name, string? Handle)> People(
        this IEnumerable<Transaction> items,
        Guid account
    ) =>
        items
            .Where(item => item.IsTransfer && (item.Pays(account) || item.Status == Transaction.Completed))
            .Select(item => item.Other(account))
            .DistinctBy(person => person.Id);

    /// <summary>A payment as its end tells it. The event has no timeline; the page reads that anew.</summary>
    public static Transaction ToTransaction(this TransactionFacts facts, FailureReason? reason = null) =>
        new(
            facts.TransactionId.Value,
            facts.Type,
            reason is null ? Transaction.Completed : Transaction.Failed,
            facts.From.AccountId.Value,
            facts.To.AccountId.Value,
            facts.Amount,
            facts.Currency,
            facts.CreatedAt,
            null,
            ShownText.Clean(facts.From.DisplayName),
            ShownText.Clean(facts.To.DisplayName),
            facts.From.Handle,
            facts.To.Handle,
            facts.Note is { } note ? ShownText.Clean(note) : null,
            reason is { } why ? EnumNames.Of(why) : null,
            facts.EndedAt
        );

    private static Transaction Merge(Transaction known, Transaction changed) =>
        changed with
        {
            Timeline = changed.Timeline ?? known.Timeline,
            FromName = changed.FromName ?? known.FromName,
            ToName = changed.ToName ?? known.ToName,
            FromHandle = changed.FromHandle ?? known.FromHandle,
            ToHandle = changed.ToHandle ?? known.ToHandle,
            Note = changed.Note ?? known.Note,
        };
}
