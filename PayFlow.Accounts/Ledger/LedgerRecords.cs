using Npgsql;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Identifiers;
using static PayFlow.ServiceDefaults.Connections.SqlArrays;
using static PayFlow.ServiceDefaults.Tenancy.TenantSql;

namespace PayFlow.Accounts.Ledger;

/// <summary>
/// Shows Transactions what the ledger decided, so that the two can be compared. Every answer is one page, read by an
/// index.
/// </summary>
public sealed class LedgerRecords(NpgsqlDataSource database)
{
    public const int MaxLimit = 5000;

    /// <summary>Ids of transactions in a range, by id.</summary>
    public const string InRangeSql = """
        select distinct transaction_id from postings
        where tenant_id = $1 and transaction_id > $2 and transaction_id <= $3 order by transaction_id limit $4
        """;

    /// <summary>
    /// A decision becomes visible with its commit, after its time was taken. So only what is older than every writing
    /// session is complete. Two seconds cover the distance between the clocks of the services and of the database.
    /// </summary>
    public const string ThroughSql = """
        select least(
            clock_timestamp(),
            (select min(xact_start) from pg_stat_activity
             where datname = current_database() and backend_xid is not null)) - interval '2 seconds'
        """;

    /// <summary>Transactions by the time of their decisions; those of one time by id.</summary>
    public const string DecidedSql = """
        select distinct posted_at, transaction_id from postings
        where tenant_id = $1 and posted_at >= $2 and posted_at <= $4 and (posted_at, transaction_id) > ($2, $3)
        order by posted_at, transaction_id limit $5
        """;

    public const string FindSql = """
        select p.transaction_id, p.leg, p.outcome, p.posted_at, e.account_id, e.amount, e.currency
        from unnest($2) wanted(id)
        cross join lateral (select * from postings where tenant_id = $1 and transaction_id = wanted.id limit 1000) p
        left join lateral (
          select * from entries where tenant_id = $1 and transaction_id = p.transaction_id and leg = p.leg limit 1000) e
          on true
        order by p.transaction_id, p.leg
        """;

    /// <returns>Ids after one and through another, in their order, without repetition.</returns>
    public async Task<IReadOnlyList<Guid>> InRangeAsync(
        TenantId tenant,
        Guid after,
        Guid through,
        int limit,
        CancellationToken cancellationToken
    )
    {
        await using var read = database.CreateCommand(InRangeSql);
        read.Parameters.AddRange(
            new NpgsqlParameter[] { OfTenant(tenant), Value(after), Value(through), Value(limit) }
        );
        await using var reader = await read.ExecuteReaderAsync(cancellationToken);
        var ids = new List<Guid>();
        while (await reader.ReadAsync(cancellationToken))
            ids.Add(reader.GetGuid(0));

        return ids;
    }

    /// <param name="until">What is later is left for another time.</param>
    public async Task<DecidedTransactions> DecidedAsync(
        TenantId tenant,
        DateTimeOffset from,
        Guid after,
        DateTimeOffset until,
        int limit,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        DateTimeOffset through;
        await using (var settled = new NpgsqlCommand(ThroughSql, connection))
            through = new DateTimeOffset((DateTime)(await settled.ExecuteScalarAsync(cancellationToken))!);
        if (until < through)
            through = until;
        await using var read = new NpgsqlCommand(DecidedSql, connection);
        read.Parameters.AddRange(
            new NpgsqlParameter[]
            {
                OfTenant(tenant),
                Value(from.ToUniversalTime()),
                Value(after),
                Value(through.ToUniversalTime()),
                Value(limit),
            }
        );
        await using var reader = await read.ExecuteReaderAsync(cancellationToken);
        var items = new List<DecidedTransaction>();
        while (await reader.ReadAsync(cancellationToken))
        {
            items.Add(
                new DecidedTransaction(
                    reader.GetGuid(1),
                    await reader.GetFieldValueAsync<DateTimeOffset>(0, cancellationToken)
                )
            );
        }

        return new DecidedTransactions(items, items.Count < limit ? through : null);
    }

    /// <returns>Every leg of the transactions that the ledger knows, by id and leg.</returns>
    public async Task<IReadOnlyList<LedgerRecord>> FindAsync(
        TenantId tenant,
        Guid[] ids,
        CancellationToken cancellationToken
    )
    {
        await using var read = database.CreateCommand(FindSql);
        read.Parameters.AddRange(new NpgsqlParameter[] { OfTenant(tenant), Value(ids) });
        await using var reader = await read.ExecuteReaderAsync(cancellationToken);
        var records = new List<LedgerRecord>();
        var entries = new List<LedgerRecordEntry>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var (id, leg) = (reader.GetGuid(0), reader.GetInt16(1));
            if (records.Count == 0 || records[^1].TransactionId != id || records[^1].Leg != leg)
            {
                entries = [];
                records.Add(
                    new LedgerRecord(
                        id,
                        leg,
                        reader.GetString(2),
                        await reader.GetFieldValueAsync<DateTimeOffset>(3, cancellationToken),
                        entries
                    )
                );
            }

            if (!await reader.IsDBNullAsync(4, cancellationToken))
                entries.Add(new LedgerRecordEntry(reader.GetGuid(4), reader.GetInt64(5), reader.GetString(6)));
        }

        return records;
    }
}
