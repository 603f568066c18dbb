using Npgsql;
using PayFlow.ServiceDefaults.Identifiers;
using static PayFlow.ServiceDefaults.Connections.SqlArrays;
using static PayFlow.ServiceDefaults.Tenancy.TenantSql;

namespace PayFlow.Accounts.Ledger;

/// <summary>
/// The statements over holds. The lock of a hold's account protects the hold too, so a hold is read after that lock.
/// </summary>
internal static class LedgerHolds
{
    public static NpgsqlBatchCommand Find(TenantId tenant, Guid[] ids) =>
        Command(
            "select id, account_id, held from holds where tenant_id = $2 and id = any($1)",
            Value(ids),
            OfTenant(tenant)
        );

    /// <summary>Reads what <see cref="Find"/> found.</summary>
    public static void Read(NpgsqlDataReader reader, Dictionary<Guid, LedgerHold> holds)
    {
        while (reader.Read())
            holds[reader.GetGuid(0)] = new LedgerHold(reader.GetGuid(0), reader.GetGuid(1), reader.GetInt64(2));
    }

    /// <summary>Stores the holds that have a rest, and deletes those that have none.</summary>
    public static void Write(NpgsqlBatch write, TenantId tenant, IReadOnlyCollection<LedgerHold> changed)
    {
        var left = changed.Where(hold => hold.Held > 0).ToList();
        if (left.Count > 0)
            write.BatchCommands.Add(
                Command(
                    """
                    insert into holds (tenant_id, id, account_id, held)
                    select $4, id, account, held from unnest($1, $2, $3) v(id, account, held)
                    on conflict (tenant_id, id) do update set held = excluded.held
                    """,
                    Column(left, hold => hold.Id),
                    Column(left, hold => hold.AccountId),
                    Column(left, hold => hold.Held),
                    OfTenant(tenant)
                )
            );
        var ended = changed.Where(hold => hold.Held == 0).ToList();
        if (ended.Count > 0)
            write.BatchCommands.Add(
                Command(
                    "delete from holds where tenant_id = $2 and id = any($1)",
                    Column(ended, hold => hold.Id),
                    OfTenant(tenant)
                )
            );
    }
}
