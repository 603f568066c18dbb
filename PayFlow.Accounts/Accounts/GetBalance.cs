using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using PayFlow.Accounts.Data;
using PayFlow.Accounts.Ledger;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.Amounts;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Problems;
using PayFlow.ServiceDefaults.Times;

namespace PayFlow.Accounts.Accounts;

/// <summary>
/// <c>GET /accounts/{id}/balance</c>, now or <c>?at=</c> any instant that has passed, or the end of a day in the
/// account's time zone; 0 before the account was opened.
/// </summary>
public static class GetBalance
{
    /// <param name="Held">Null in the past: holds are not kept by instant.</param>
    public sealed record Response(
        string Balance,
        string? Held,
        string? Available,
        string Currency,
        long? Version,
        long EntrySeq,
        DateTimeOffset AsOf
    );

    public static async Task<Results<Ok<Response>, ProblemHttpResult>> HandleAsync(
        AccountId id,
        Caller caller,
        AccountsDbContext db,
        PastInstant past,
        CancellationToken cancellationToken,
        TimeText? at = null
    )
    {
        var now = past.Now;
        if (
            await db.VisibleTo(caller).SingleOrDefaultAsync(account => account.Id == id.Value, cancellationToken)
            is not { } row
        )
            return AccountQueries.NotFound();
        var errors = new FieldErrors();
        var zone = AccountCalendar.Zone(row.TimeZone);
        // Today's balance is that of the database's time, which postings take: this process's clock may be ahead of it.
        var instant = at is { IsDay: true }
            ? InstantOf(
                at.Value,
                zone,
                await db
                    .Database.SqlQuery<DateTimeOffset>($"select clock_timestamp() as \"Value\"")
                    .SingleAsync(cancellationToken),
                errors
            )
            : at?.ReadEnd("at", zone, errors) ?? now;
        if (errors.Any)
            return errors.ToProblem();
        var currency = Currency.Parse(row.Currency);
        if (at is null)
        {
            return TypedResults.Ok(
                new Response(
                    Money.Format(row.Balance, currency),
                    Money.Format(row.Held, currency),
                    Money.Format(row.Balance - row.Held, currency),
                    row.Currency,
                    row.Version,
                    row.EntrySeq,
                    now
                )
            );
        }

        if (await past.SettleAsync(id, instant, "at", cancellationToken) is { } notYet)
            return notYet;
        var entries = await db.Holders()
            .Where(account => account.Id == id.Value)
            .Select(account => account.EntrySeq)
            .SingleAsync(cancellationToken);
        var last = await LastEntry(db, id, entries, instant).FirstOrDefaultAsync(cancellationToken);
        return TypedResults.Ok(
            new Response(
                Money.Format(last?.Balance ?? 0, currency),
                null,
                null,
                row.Currency,
                null,
                last?.EntrySeq ?? 0,
                instant
            )
        );
    }

    /// <summary>Of a day its last moment, or now while it lasts.</summary>
    private static DateTimeOffset InstantOf(TimeText day, TimeZoneInfo zone, DateTimeOffset now, FieldErrors errors)
    {
        if (day.ReadEnd("at", zone, errors) is not { } end)
            return now;
        var last = end.AddTicks(-TimeSpan.TicksPerMicrosecond);
        return last > now && day.ReadStart("at", zone, errors) <= now ? now : last;
    }

    /// <summary>
    /// The account's last entry at an instant; none before its first. Within an account, times never run backwards, so
    /// twenty probes of the primary key find one of a million entries, and the busiest table needs no index by time.
    /// </summary>
    internal static IQueryable<EntryRow> LastEntry(
        AccountsDbContext db,
        AccountId id,
        long entries,
        DateTimeOffset instant
    ) =>
        db
            .Entries.FromSql(
                $"""
                with recursive search(low, high) as (
                  select 0::bigint, {entries}
                  union all
                  select case when probe.posted_at <= {instant} then middle else low end,
                    case when probe.posted_at <= {instant} then high else middle - 1 end
                  from (select low, high, (low + high + 1) / 2 as middle from search where low < high) half
                  join entries probe on probe.tenant_id = {db.Tenant.Value} and probe.account_id = {id.Value}
                    and probe.entry_seq = half.middle)
                select entry.* from search
                  join entries entry on entry.tenant_id = {db.Tenant.Value} and entry.account_id = {id.Value}
                    and entry.entry_seq = search.low
                where search.low = search.high
                """
            )
            .AsNoTracking();
}
