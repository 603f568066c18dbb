using System.Buffers.Binary;
using Npgsql;
using PayFlow.ServiceDefaults.Identifiers;
using static PayFlow.ServiceDefaults.Connections.SqlArrays;

namespace PayFlow.Transactions.Confirmation;

/// <summary>The statements over used confirmations: each confirmation admits one payment.</summary>
internal static class UsedConfirmations
{
    // A confirmation is valid for minutes; an older one is refused for its age.
    private static readonly TimeSpan Retention = TimeSpan.FromDays(7);

    /// <summary>Deletes up to <paramref name="limit"/> old rows. Ids are ordered by time.</summary>
    public static NpgsqlBatchCommand DeleteOld(DateTimeOffset now, int limit)
    {
        Span<byte> first = stackalloc byte[16];
        first.Clear();
        BinaryPrimitives.WriteInt64BigEndian(first, (now - Retention).ToUnixTimeMilliseconds() << 16);
        return Command(
            """
            delete from used_confirmations where tenant_id = $1 and id in (
              select id from used_confirmations where tenant_id = $1 and id < $2 order by id limit $3)
            """,
            Value(TenantId.Default.Value),
            Value(new Guid(first, bigEndian: true)),
            Value(limit)
        );
    }

    public static NpgsqlBatchCommand Find(IReadOnlyCollection<Guid> confirmations) =>
        Command(
            "select id from used_confirmations where tenant_id = $1 and id = any($2)",
            Value(TenantId.Default.Value),
            Column(confirmations, id => id)
        );

    public static NpgsqlBatchCommand Add(IReadOnlyCollection<UsedConfirmation> used) =>
        Command(
            """
            insert into used_confirmations (tenant_id, id, transaction_id, used_at)
            select $1, id, transaction, at from unnest($2, $3, $4) v(id, transaction, at)
            """,
            Value(TenantId.Default.Value),
            Column(used, one => one.Id),
            Column(used, one => one.Transaction),
            Column(used, one => one.At)
        );
}
