using System.Diagnostics;
using Npgsql;
using PayFlow.ServiceDefaults.Connections;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Tenancy;
using static PayFlow.ServiceDefaults.Connections.SqlArrays;
using static PayFlow.ServiceDefaults.Tenancy.TenantSql;

namespace PayFlow.Transactions.Reconciliation;

/// <summary>
/// Compares what is recorded with what the ledger decided, transaction by transaction, in three ways: what the ledger
/// has decided since the last round, by its time; what was recorded lately, by id; and, page after page, everything
/// from the first id on. The first finds a posting that nobody asked for within seconds, whatever its id. The last
/// finds what was changed long ago, or by a restored backup. Each page is bounded and read by an index. One replica
/// compares at a time.
/// </summary>
public sealed class Reconciler(
    NpgsqlDataSource database,
    Differences differences,
    LedgerClient ledger,
    TimeProvider clock,
    ILogger<Reconciler> logger
) : DatabaseRounds(Interval, clock, logger)
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>
    /// A difference counts once it was seen again after this time. An adjustment takes a moment to be recorded.
    /// </summary>
    public static readonly TimeSpan Confirmation = TimeSpan.FromSeconds(4);

    /// <summary>Ids of one question to Accounts, which reads no body above 64 KiB.</summary>
    internal const int PageSize = 1000;

    /// <summary>Most payments have ended by then; the others are compared by the time of their decision.</summary>
    private static readonly TimeSpan Young = TimeSpan.FromSeconds(30);

    /// <summary>How far one page of decisions reaches at most, so that PostgreSQL sorts no more than that.</summary>
    private static readonly TimeSpan DecidedPage = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan MaxRound = TimeSpan.FromSeconds(30);

    /// <summary>Pages a round: of each way, and of a pass that somebody waits for.</summary>
    private const int Pages = 20;
    private const int HurriedPages = 100;

    // The turn, its row and the differences are of one tenant.
    private static readonly TenantId Tenant = TenantSources.Jobs;

    private string? _trouble;
    private long _told;

    protected override async Task RoundAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (await TakeTurnAsync(cancellationToken) is { } turn)
                await CompareAsync(turn, cancellationToken);
            _trouble = null;
        }
        catch (Exception away) when (LedgerClient.IsAway(away, cancellationToken))
        {
            // Once for each reason: an outage of an hour is one line.
            if (_trouble != away.Message)
                Logger.LogWarning("Accounts could not be asked what the ledger decided: {Reason}", away.Message);
            _trouble = away.Message;
        }

        await MeasureAsync(cancellationToken);
    }

    /// <summary>The smallest id that can be made at this time or later.</summary>
    internal static Guid FirstIdAt(DateTimeOffset time)
    {
        Span<byte> id = stackalloc byte[16];
        Guid.CreateVersion7(time).TryWriteBytes(id, bigEndian: true, out _);
        id[6..].Clear();
        return new Guid(id, bigEndian: true);
    }

    private async Task CompareAsync(Turn turn, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        await differences.CompareAgainAsync(Tenant, PageSize, cancellationToken);
        var isDone = await PagesAsync(Pages, () => CompareDecidedAsync(turn, cancellationToken));
        isDone &= await PagesAsync(Pages, () => CompareRecordedAsync(turn, cancellationToken));
        await PagesAsync(turn.PassHurries ? HurriedPages : 1, () => ComparePassAsync(turn, cancellationToken));
        await SaveAsync(turn, isDone, ends: true, cancellationToken);

        async Task<bool> PagesAsync(int most, Func<Task<bool>> page)
        {
            for (var i = 0; i < most && Stopwatch.GetElapsedTime(started) < MaxRound; i++)
            {
                var isLast = await page();
                await SaveAsync(turn, isDone: false, ends: false, cancellationToken);
                if (isLast)
                    return true;
            }

            return false;
        }
    }

    /// <returns>Whether there is no more now.</returns>
    private async Task<bool> CompareDecidedAsync(Turn turn, CancellationToken cancellationToken)
    {
        var until = turn.DecidedThrough + DecidedPage;
        var page = await ledger.DecidedAsync(
            Tenant,
            turn.DecidedThrough,
            turn.DecidedId,
            until,
            PageSize,
            cancellationToken
        );
        await differences.CompareAsync(
            Tenant,
            [.. page.Items.Select(one => one.TransactionId).Distinct()],
            cancellationToken
        );
        if (page.Through is not { } through)
        {
            (turn.DecidedThrough, turn.DecidedId) = (page.Items[^1].PostedAt, page.Items[^1].TransactionId);
            return false;
        }

        // The database's clock may be behind the one that took this time.
        if (through > turn.DecidedThrough)
            (turn.DecidedThrough, turn.DecidedId) = (through, Guid.Empty);
        return through < until;
    }

    private async Task<bool> CompareRecordedAsync(Turn turn, CancellationToken cancellationToken)
    {
        var through = FirstIdAt(Clock.GetUtcNow() - Young);
        if (through.CompareTo(turn.RecordedThrough) <= 0)
            return true;
        var (last, _) = await CompareRangeAsync(turn.RecordedThrough, through, cancellationToken);
        turn.RecordedThrough = last;
        return last == through;
    }

    private async Task<bool> ComparePassAsync(Turn turn, CancellationToken cancellationToken)
    {
        var (last, compared) = await CompareRangeAsync(turn.PassAfter, Guid.AllBitsSet, cancellationToken);
        turn.PassAfter = last;
        turn.PassCompared += compared;
        turn.PassEnded = last == Guid.AllBitsSet;
        return turn.PassEnded;
    }

    /// <returns>Up to which id all is compared, and how many transactions that were.</returns>
    private async Task<(Guid Last, int Compared)> CompareRangeAsync(
        Guid after,
        Guid through,
        CancellationToken cancellationToken
    )
    {
        var here = new List<Guid>();
        await using (
            var read = database.CreateCommand(
                "select id from transactions where tenant_id = $4 and id > $1 and id <= $2 order by id limit $3"
            )
        )
        {
            read.Parameters.AddRange(
                new NpgsqlParameter[] { Value(after), Value(through), Value(PageSize), OfTenant(Tenant) }
            );
            await using var reader = await read.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
                here.Add(reader.GetGuid(0));
        }

        var there = await ledger.InRangeAsync(Tenant, after, through, PageSize, cancellationToken);
        var last = through;
        // A full page may go on, so the other side counts only as far as this one is known.
        foreach (var page in new[] { here, there })
        {
            if (page.Count == PageSize && page[^1].CompareTo(last) < 0)
                last = page[^1];
        }

        List<Guid> ids = [.. here.Union(there).Where(id => id.CompareTo(last) <= 0)];
        foreach (var some in ids.Chunk(PageSize))
            await differences.CompareAsync(Tenant, some, cancellationToken);
        return (last, ids.Count);
    }

    /// <summary>
    /// Takes the turn for the next minute, by the database's clock; where another replica has it, there is none.
    /// </summary>
    private async Task<Turn?> TakeTurnAsync(CancellationToken cancellationToken)
    {
        var now = Clock.GetDatabaseNow();
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var take = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                Command(
                    """
                    insert into reconciliation (id, leased_until, decided_through, decided_id, recorded_through,
                      pass_after, pass_started_at, pass_compared, pass_hurries, broker)
                    select 1, '-infinity', $1, $2, $3, $2, $4, 0, true, '' where not exists (select from reconciliation)
                    on conflict do nothing
                    """,
                    Value(now - Young),
                    Value(Guid.Empty),
                    Value(FirstIdAt(now - Young)),
                    Value(now)
                ),
                // Another broker is what a restored backup comes with: everything is compared again.
                Command(
                    """
                    update reconciliation set leased_until = clock_timestamp() + interval '1 minute',
                        broker = coalesce(b.identity, ''),
                        pass_hurries = pass_hurries or is_new,
                        pass_after = case when is_new then $1 else pass_after end,
                        pass_compared = case when is_new then 0 else pass_compared end,
                        pass_started_at = case when is_new then $2 else pass_started_at end,
                        pass_ended_at = case when not is_new then pass_ended_at end
                    from (select 1) one left join broker b on b.id = 1 cross join lateral (
                        select coalesce(
                          b.identity <> '' and b.identity <> (select r.broker from reconciliation r where r.id = 1),
                          false) as is_new) other
                    where reconciliation.id = 1 and leased_until < clock_timestamp()
                    returning decided_through, decided_id, recorded_through, pass_after, pass_started_at, pass_compared,
                      pass_hurries
                    """,
                    Value(Guid.Empty),
                    Value(now)
                ),
            },
        };
        await using var reader = await take.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
            return null;
        return new Turn
        {
            DecidedThrough = await reader.GetFieldValueAsync<DateTimeOffset>(0, cancellationToken),
            DecidedId = reader.GetGuid(1),
            RecordedThrough = reader.GetGuid(2),
            PassAfter = reader.GetGuid(3),
            PassStartedAt = await reader.GetFieldValueAsync<DateTimeOffset>(4, cancellationToken),
            PassCompared = reader.GetInt64(5),
            PassHurries = reader.GetBoolean(6),
        };
    }

    /// <param name="isDone">Whether all that was due is compared.</param>
    /// <param name="ends">Whether the turn ends: the next one is an interval later, here or in another replica.</param>
    private async Task SaveAsync(Turn turn, bool isDone, bool ends, CancellationToken cancellationToken)
    {
        var now = Clock.GetDatabaseNow();
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var save = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                Command(
                    """
                    update reconciliation set decided_through = $1, decided_id = $2, recorded_through = $3,
                      compared_at = case when $4 then $5 else compared_at end,
                      leased_until =
                        clock_timestamp() + case when $6 then interval '4 seconds' else interval '1 minute' end
                    where id = 1
                    """,
                    Value(turn.DecidedThrough),
                    Value(turn.DecidedId),
                    Value(turn.RecordedThrough),
                    Value(isDone),
                    Value(now),
                    Value(ends)
                ),
                turn.PassEnded
                    ? Command(
                        """
                        update reconciliation set pass_after = $2, pass_compared = 0, pass_hurries = false,
                          pass_started_at = $3, pass_ended_at = $3 where id = 1 and pass_started_at = $1
                        """,
                        Value(turn.PassStartedAt),
                        Value(Guid.Empty),
                        Value(now)
                    )
                    : Command(
                        """
                        update reconciliation set pass_after = $2, pass_compared = $3
                        where id = 1 and pass_started_at = $1
                        """,
                        Value(turn.PassStartedAt),
                        Value(turn.PassAfter),
                        Value(turn.PassCompared)
                    ),
            },
        };
        await save.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Every replica tells the same, whichever compared.</summary>
    private async Task MeasureAsync(CancellationToken cancellationToken)
    {
        await using var read = database.CreateCommand(
            """
            select
              (select count(*) from reconciliation_differences
               where accepted_at is null and checked_at >= found_at + $2),
              coalesce(
                extract(epoch from
                  $1 - (select coalesce(compared_at, pass_started_at) from reconciliation where id = 1)),
                0)::float8
            """
        );
        read.Parameters.AddRange(new NpgsqlParameter[] { Value(Clock.GetUtcNow()), Value(Confirmation) });
        await using var reader = await read.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var open = reader.GetInt64(0);
        ReconciliationMetrics.Differences.Record(open);
        ReconciliationMetrics.Age.Record(Math.Max(0, reader.GetDouble(1)));
        if (open > _told)
            Logger.LogError(
                "The record and the ledger do not agree on {Transactions} transactions: "
                    + "GET /transactions/reconciliation",
                open
            );
        _told = open;
    }
}
