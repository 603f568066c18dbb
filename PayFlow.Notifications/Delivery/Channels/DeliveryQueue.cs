using Npgsql;
using NpgsqlTypes;
using PayFlow.ServiceDefaults.Contracts;
using static PayFlow.ServiceDefaults.Connections.SqlArrays;

namespace PayFlow.Notifications.Delivery.Channels;

/// <summary>The rows of one channel in <c>deliveries</c>, and the record of its tries.</summary>
internal sealed class DeliveryQueue(NpgsqlDataSource database, string channel)
{
    private static readonly TimeSpan Claim = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Retention = TimeSpan.FromDays(7);

    /// <summary>Takes what is due for a while and removes what is old. Several replicas share the work.</summary>
    public async Task<List<DueDelivery>> ClaimAsync(int limit, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var claim = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                Command(
                    """
                    update deliveries set next_try_at = now() + $1, tries = tries + 1
                    where channel = $4 and id in (
                      select id from deliveries
                      where channel = $4 and next_try_at not between now() and now() + $2
                      order by next_try_at limit $3 for update skip locked)
                    returning id, address, kind, title, body, request_id, sealed_code, expires_at, tries
                    """,
                    Value(Claim),
                    // No try waits longer: a later time was written by a wrong clock.
                    Value(DeliveryRetries.MaxWait + Claim),
                    Value(limit),
                    Value(channel)
                ),
                Command(
                    """
                    delete from deliveries where channel = $2 and id in (
                      select id from deliveries where channel = $2 and created_at < now() - $1
                      order by created_at limit 100 for update skip locked)
                    """,
                    Value(Retention),
                    Value(channel)
                ),
            },
        };
        await using var reader = await claim.ExecuteReaderAsync(cancellationToken);
        var due = new List<DueDelivery>();
        while (await reader.ReadAsync(cancellationToken))
            due.Add(await ReadAsync(reader, cancellationToken));
        return due;
    }

    /// <summary>
    /// Deliveries of one kind and title to one person: when the last one went, where that is within the time, and which
    /// others wait.
    /// </summary>
    public async Task<(DateTimeOffset? LastSentAt, Guid[] Waiting)> LikeAsync(
        DueDelivery delivery,
        DateTimeOffset since,
        CancellationToken cancellationToken
    )
    {
        await using var read = database.CreateCommand(
            """
            select max(l.sent_at), coalesce(array_agg(l.id) filter (where l.next_try_at is not null), '{}')
            from deliveries e
            join deliveries l on (l.channel, l.recipient_id, l.address, l.kind, l.title)
                = (e.channel, e.recipient_id, e.address, e.kind, e.title)
              and l.tenant_id = e.tenant_id
            where e.channel = $3 and e.id = $1 and l.id <> e.id and (l.sent_at > $2 or l.next_try_at is not null)
            """
        );
        read.Parameters.AddRange(new NpgsqlParameter[] { Value(delivery.Id), Value(since), Value(channel) });
        await using var reader = await read.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var last = await reader.GetFieldValueAsync<DateTimeOffset?>(0, cancellationToken);
        return (last, await reader.GetFieldValueAsync<Guid[]>(1, cancellationToken));
    }

    /// <summary>Waiting for others of its kind is no try.</summary>
    public async Task PostponeAsync(Guid id, DateTimeOffset until, CancellationToken cancellationToken)
    {
        await using var postpone = database.CreateCommand(
            "update deliveries set next_try_at = $2, tries = tries - 1 where channel = $3 and id = $1"
        );
        postpone.Parameters.AddRange(new NpgsqlParameter[] { Value(id), Value(until), Value(channel) });
        await postpone.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Records a try and what follows from it, in one statement.</summary>
    /// <param name="ids">The delivery, and those that its message covered.</param>
    /// <param name="next">Null where nothing more is tried; then the code is removed.</param>
    public async Task RecordAsync(
        IReadOnlyCollection<Guid> ids,
        DeliveryResult result,
        DateTimeOffset at,
        DateTimeOffset? next,
        CancellationToken cancellationToken
    )
    {
        await using var record = database.CreateCommand(
            """
            with tried as (
              update deliveries set
                sent_at = case when $3 = 'sent' then $4 end,
                next_try_at = $5,
                failure = case when $3 not in ('sent', 'retried') then $3 end,
                sealed_code = case when $5 is not null then sealed_code end
              where channel = $1 and id = any($2)
              returning id, tenant_id, tries)
            insert into delivery_attempts
              (channel, delivery_id, number, tenant_id, at, outcome, detail, next_try_at)
            select $1, id, tries, tenant_id, $4, $3, $6, $5 from tried
            on conflict do nothing
            """
        );
        record.Parameters.AddRange(
            new NpgsqlParameter[]
            {
                Value(channel),
                Column(ids, id => id),
                Value(EnumNames.Of(result.Outcome)),
                Value(at),
                new() { Value = (object?)next ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz },
                new() { Value = (object?)result.Detail ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
            }
        );
        await record.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<DueDelivery> ReadAsync(NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        return new DueDelivery
        {
            Id = reader.GetGuid(reader.GetOrdinal("id")),
            Address = reader.GetString(reader.GetOrdinal("address")),
            Kind = reader.GetString(reader.GetOrdinal("kind")),
            Title = reader.GetString(reader.GetOrdinal("title")),
            Body = reader.GetString(reader.GetOrdinal("body")),
            RequestId = await TextAsync("request_id"),
            SealedCode = await TextAsync("sealed_code"),
            ExpiresAt = await reader.GetFieldValueAsync<DateTimeOffset?>(
                reader.GetOrdinal("expires_at"),
                cancellationToken
            ),
            Tries = reader.GetInt32(reader.GetOrdinal("tries")),
        };

        async Task<string?> TextAsync(string column) =>
            await reader.IsDBNullAsync(reader.GetOrdinal(column), cancellationToken)
                ? null
                : reader.GetString(reader.GetOrdinal(column));
    }
}
