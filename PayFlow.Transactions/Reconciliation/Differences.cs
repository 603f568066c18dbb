using Npgsql;
using PayFlow.ServiceDefaults.Connections;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.Transactions.Lifecycle;
using static PayFlow.ServiceDefaults.Connections.SqlArrays;
using static PayFlow.ServiceDefaults.Tenancy.TenantSql;

namespace PayFlow.Transactions.Reconciliation;

/// <summary>Compares transactions by id and keeps what differs.</summary>
public sealed class Differences(
    NpgsqlDataSource database,
    LedgerClient ledger,
    TransactionKinds kinds,
    TimeProvider clock
)
{
    public const string ReadSql = $"""
        select {TransactionTerms.Columns}, t.type, t.leg, t.status, t.failure_reason
        from unnest($1) wanted(id)
        cross join lateral (select * from transactions where tenant_id = $2 and id = wanted.id limit 1) t
        """;

    /// <summary>
    /// What is recorded is read first. A record that has ended then follows a decision that the ledger has already
    /// made.
    /// </summary>
    public async Task CompareAsync(TenantId tenant, IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken)
    {
        if (ids.Count == 0)
            return;
        Guid[] wanted = [.. ids];
        var recorded = await ReadAsync(tenant, wanted, cancellationToken);
        var decided = (await ledger.FindAsync(tenant, wanted, cancellationToken)).ToLookup(leg => leg.TransactionId);
        var differences = new List<(Guid Id, Difference Difference)>();
        foreach (var id in wanted)
        {
            if (Comparison.Compare(recorded.GetValueOrDefault(id), [.. decided[id]]) is { } difference)
                differences.Add((id, difference));
        }

        ReconciliationMetrics.Compared.Add(wanted.Length);
        if (differences.Count > 0)
            await KeepAsync(differences, cancellationToken);
    }

    /// <summary>Looks at open differences again, the longest unseen first. Those that agree by now are gone.</summary>
    public async Task CompareAgainAsync(TenantId tenant, int limit, CancellationToken cancellationToken)
    {
        var open = new List<Guid>();
        await using (
            var read = database.CreateCommand(
                """
                select transaction_id from reconciliation_differences where accepted_at is null
                order by checked_at limit $1
                """
            )
        )
        {
            read.Parameters.Add(Value(limit));
            await using var reader = await read.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
                open.Add(reader.GetGuid(0));
        }

        if (open.Count == 0)
            return;
        var started = clock.GetDatabaseNow();
        await CompareAsync(tenant, open, cancellationToken);
        await using var settle = database.CreateCommand(
            """
            delete from reconciliation_differences where transaction_id = any($1) and checked_at < $2
              and accepted_at is null
            """
        );
        settle.Parameters.AddRange(new NpgsqlParameter[] { Value(open.ToArray()), Value(started) });
        await settle.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<Dictionary<Guid, RecordedTransaction>> ReadAsync(
        TenantId tenant,
        Guid[] ids,
        CancellationToken cancellationToken
    )
    {
        await using var read = database.CreateCommand(ReadSql);
        read.Parameters.AddRange(new NpgsqlParameter[] { Value(ids), OfTenant(tenant) });
        await using var reader = await read.ExecuteReaderAsync(cancellationToken);
        var rows = new Dictionary<Guid, RecordedTransaction>(ids.Length);
        while (await reader.ReadAsync(cancellationToken))
        {
            var terms = TransactionTerms.Read(reader);
            rows[terms.Id.Value] = new RecordedTransaction(
                terms.Id.Value,
                reader.GetInt16(11),
                terms.From.Value,
                terms.To.Value,
                terms.Amount.Minor,
                terms.Amount.Currency.Code
            )
            {
                Moves = Moves(reader.GetString(10), terms),
                Status = EnumNames.Parse<TransactionStatus>(reader.GetString(12)),
                FailureReason = await reader.IsDBNullAsync(13, cancellationToken)
                    ? null
                    : EnumNames.Parse<FailureReason>(reader.GetString(13)),
            };
        }

        return rows;
    }

    /// <returns>
    /// Null where the kind is unknown or cannot read the row's details; then the row is compared as a transfer.
    /// </returns>
    private IReadOnlyList<PostedEntry>? Moves(string type, in TransactionTerms terms)
    {
        try
        {
            return kinds.Find(type)?.Moves(terms);
        }
        catch (Exception damaged) when (damaged is not OutOfMemoryException)
        {
            return null;
        }
    }

    /// <summary>One that was accepted stays so, unless it is another difference now.</summary>
    private async Task KeepAsync(
        List<(Guid Id, Difference Difference)> differences,
        CancellationToken cancellationToken
    )
    {
        await using var keep = database.CreateCommand(
            """
            insert into reconciliation_differences as d (transaction_id, kind, detail, found_at, checked_at)
            select id, kind, detail, $4, $4 from unnest($1, $2, $3) v(id, kind, detail) order by id
            on conflict (transaction_id) do update set kind = excluded.kind, detail = excluded.detail,
              checked_at = excluded.checked_at,
                accepted_at = case when (d.kind, d.detail) = (excluded.kind, excluded.detail) then d.accepted_at end
            """
        );
        keep.Parameters.AddRange(
            new NpgsqlParameter[]
            {
                Column(differences, one => one.Id),
                Column(differences, one => EnumNames.Of(one.Difference.Kind)),
                Column(differences, one => one.Difference.Detail),
                Value(clock.GetDatabaseNow()),
            }
        );
        await keep.ExecuteNonQueryAsync(cancellationToken);
    }
}
