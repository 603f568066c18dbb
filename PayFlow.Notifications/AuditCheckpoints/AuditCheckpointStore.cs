using Npgsql;
using PayFlow.ServiceDefaults.Audit;
using PayFlow.ServiceDefaults.AuditChain;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Messaging;
using static PayFlow.ServiceDefaults.Connections.SqlArrays;
using static PayFlow.ServiceDefaults.Tenancy.TenantSql;

namespace PayFlow.Notifications.AuditCheckpoints;

/// <summary>
/// Keeps how far every service's audit lanes have come, apart from the lanes themselves. A head only moves forward:
/// what was seen once is not unseen by an older or a rewritten one.
/// </summary>
public sealed class AuditCheckpointStore(NpgsqlDataSource database) : IMessageHandler, IAuditHeads
{
    private static readonly Subscriptions<List<AuditHead>> Subscribed = new Subscriptions<
        List<AuditHead>
    >().On<AuditHead>(Add);

    public IReadOnlyList<string> Topics => Subscribed.Topics;

    public void Handle(IReadOnlyList<ConsumedMessage> batch)
    {
        var read = new List<AuditHead>();
        foreach (var message in batch)
            Subscribed.Handle(read, message);
        // The last of each lane, in lane order: replicas that meet on a row do not wait for each other in a circle.
        var heads = read.GroupBy(head => head.Lane)
            .Select(lane => lane.MaxBy(head => head.Sequence)!)
            .OrderBy(head => head.Lane)
            .ToList();
        using var connection = database.OpenConnection();
        using var write = new NpgsqlBatch(connection);
        write.BatchCommands.Add(
            Command(
                """
                insert into audit_heads (lane, tenant_id, service, sequence, hash, at)
                select lane, tenant, service, seq, hash, at
                from unnest($1, $2, $3, $4, $5, $6) v(lane, tenant, service, seq, hash, at)
                on conflict (lane) do update set sequence = excluded.sequence, hash = excluded.hash, at = excluded.at
                where excluded.sequence > audit_heads.sequence and excluded.service = audit_heads.service
                """,
                Column(heads, head => head.Lane),
                OfTenants(heads, head => head.TenantId),
                Column(heads, head => head.Service),
                Column(heads, head => head.Sequence),
                Column(heads, head => Convert.FromHexString(head.Hash)),
                Column(heads, head => head.At)
            )
        );
        write.ExecuteNonQuery();
    }

    public async Task<IReadOnlyList<AuditLaneHead>> GetAsync(string service, CancellationToken cancellationToken)
    {
        await using var read = database.CreateCommand(
            "select lane, sequence, hash, at from audit_heads where service = $1 order by lane"
        );
        read.Parameters.Add(Value(service));
        await using var reader = await read.ExecuteReaderAsync(cancellationToken);
        var heads = new List<AuditLaneHead>();
        while (await reader.ReadAsync(cancellationToken))
        {
            heads.Add(
                new AuditLaneHead(
                    reader.GetGuid(0),
                    reader.GetInt64(1),
                    await reader.GetFieldValueAsync<byte[]>(2, cancellationToken),
                    await reader.GetFieldValueAsync<DateTimeOffset>(3, cancellationToken)
                )
            );
        }

        return heads;
    }

    private static void Add(List<AuditHead> heads, AuditHead head, ConsumedMessage message)
    {
        if (head.Sequence <= 0 || head.Hash.Length != 64 || !head.Hash.All(char.IsAsciiHexDigit))
            throw new PoisonMessageException(message, "A head is a row's number and its SHA-256 in hex.");
        heads.Add(head);
    }
}
