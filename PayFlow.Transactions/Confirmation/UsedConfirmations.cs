using System.Buffers.Binary;
using Npgsql;
using PayFlow.ServiceDefaults.Identifiers;
using static PayFlow.ServiceDefaults.Connections.SqlArrays;
using static PayFlow.ServiceDefaults.Tenancy.TenantSql;

namespace PayFlow.Transactions.Confirmation;

/// <summary>The statements over used confirmations: each confirmation admits one payment.</summary>
internal static class UsedConfirmations
{
    // A confirmation is valid for minutes; an older one is refused for its age.
    private static readonly TimeSpan Retention = TimeSpan.FromDays(7);

    /// <summary>Deletes up to <paramref name="limit"/> old rows. Ids are ordered by time.</summary>
    public static NpgsqlBatchCommand DeleteOld(TenantId tenant, DateTimeOffset now, int limit)
    {
        Span<byte> first = stackalloc byte[16];
        first.Clear();
        BinaryPrimitives.WriteInt64BigEndian(first, (now - Retention).ToUnixTimeMilliseconds() << 16);
        return Command(
            """
            delete from used_confirmations where tenant_id = $1 and id in (
              select id from used_confirmations where tenant_id = $1 and id < $2 order by id limit $3)
            """,
            OfTenant(tenant),
            Value(new Guid(first, bigEndian: true)),
            Value(limit)
        );
    }

    public static NpgsqlBatchCommand Find(IReadOnlyCollection<(TenantId Tenant, Guid Id)> confirmations) =>
        Command(
            """
            select u.id from unnest($1, $2) v(tenant, id)
            cross join lateral (
              select id from used_confirmations where tenant_id = v.tenant and id = v.id limit 1) u
            """,
            OfTenants(confirmations, one => one.Tenant),
            Column(confirmations, one => one.Id)
        );

    public static NpgsqlBatchCommand Add(IReadOnlyCollection<UsedConfirmation> used) =>
        Command(
            """
            insert into used_confirmations (tenant_id, id, transaction_id, used_at)
            select tenant, id, transaction, at from unnest($1, $2, $3, $4) v(tenant, id, transaction, at)
            """,
            OfTenants(used, one => one.Tenant),
            Column(used, one => one.Id),
            Column(used, one => one.Transaction),
            Column(used, one => one.At)
        );
}
