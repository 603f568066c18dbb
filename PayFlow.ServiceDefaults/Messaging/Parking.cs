using System.Text;
using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;
using PayFlow.ServiceDefaults.Audit;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Messaging.Commits;
using static PayFlow.ServiceDefaults.Connections.SetBased;

namespace PayFlow.ServiceDefaults.Messaging;

/// <summary>
/// Stores dead letters with their reason, so that other messages continue, and replays them on an operator's request.
/// </summary>
public sealed class Parking(
    NpgsqlDataSource database,
    UnitsOfWork units,
    MessageMacs macs,
    TimeProvider clock,
    ILogger<Parking> logger
)
{
    public sealed record Parked(
        Guid Id,
        string Topic,
        int Partition,
        long Offset,
        string MessageId,
        string Reason,
        DateTimeOffset ParkedAt,
        DateTimeOffset? ReplayedAt
    );

    /// <summary>
    /// Idempotent: a message that arrives again is stored once. The MAC distinguishes it from a forged message with the
    /// same id.
    /// </summary>
    /// <returns>Whether it is parked now and was not before.</returns>
    internal bool Park(ConsumedMessage message, string reason)
    {
        using var command = database.CreateCommand(
            """
            insert into parked_messages (id, topic, partition, "offset", key, message_id, message_time, trace_parent, body, reason, parked_at, mac)
            select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12
            where not exists (select from parked_messages where topic = $2 and message_id = $6 and message_id <> '' and replayed_at is null and mac is not distinct from $12)
            on conflict (topic, partition, "offset", message_id) do nothing
            """
        );
        command.Parameters.AddRange(
            new NpgsqlParameter[]
            {
                new NpgsqlParameter<Guid> { TypedValue = TypedId.NewGuid(clock) },
                new NpgsqlParameter<string> { TypedValue = message.Topic },
                new NpgsqlParameter<int> { TypedValue = message.Partition },
                new NpgsqlParameter<long> { TypedValue = message.Offset },
                new NpgsqlParameter<string> { TypedValue = Storable(message.Key) },
                new NpgsqlParameter<string> { TypedValue = Storable(message.Id) },
                new NpgsqlParameter<DateTimeOffset>
                {
                    TypedValue = message.Time.ToUniversalTime(),
                    NpgsqlDbType = NpgsqlDbType.TimestampTz,
                },
                new()
                {
                    Value = message.TraceParent is { } trace ? Storable(trace) : DBNull.Value,
                    NpgsqlDbType = NpgsqlDbType.Text,
                },
                new NpgsqlParameter<byte[]> { TypedValue = message.Body },
                new NpgsqlParameter<string> { TypedValue = Storable(reason) },
                new NpgsqlParameter<DateTimeOffset>
                {
                    TypedValue = clock.GetUtcNow(),
                    NpgsqlDbType = NpgsqlDbType.TimestampTz,
                },
                new NpgsqlParameter<string> { TypedValue = Storable(message.Mac) },
            }
        );
        if (command.ExecuteNonQuery() == 0)
            return false;
        MessagingMetrics.Parked.Add(1, new KeyValuePair<string, object?>("topic", message.Topic));
        logger.LogError(
            "Parked {Topic}[{Partition}]@{Offset} ({MessageId}): {Reason}",
            message.Topic,
            message.Partition,
            message.Offset,
            message.Id,
            reason
        );
        return true;
    }

    /// <summary>The latest 200, unplayed ones first.</summary>
    public async Task<IReadOnlyList<Parked>> ListAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """select id, topic, partition, "offset", message_id, reason, parked_at, replayed_at from parked_messages order by replayed_at nulls first, id desc limit 200"""
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<Parked>();
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(
                new Parked(
                    reader.GetGuid(0),
                    reader.GetString(1),
                    reader.GetInt32(2),
                    reader.GetInt64(3),
                    reader.GetString(4),
                    reader.GetString(5),
                    await reader.GetFieldValueAsync<DateTimeOffset>(6, cancellationToken),
                    await reader.IsDBNullAsync(7, cancellationToken)
                        ? null
                        : await reader.GetFieldValueAsync<DateTimeOffset>(7, cancellationToken)
                )
            );
        }

        return rows;
    }

    /// <summary>
    /// Handles a dead letter like a new message. One that was refused for its MAC needs a valid MAC now.
    /// </summary>
    /// <returns>Null where it was handled, otherwise why not; false where there is no such message.</returns>
    internal async Task<(bool Found, string? Failure)> ReplayAsync(
        Guid id,
        AuditActor who,
        IEnumerable<BatchConsumer> consumers,
        CancellationToken cancellationToken
    )
    {
        if (await FindAsync(id, cancellationToken) is not { } parked)
            return (false, null);
        var (message, isSigned) = parked;
        var handlers = consumers
            .Select(consumer => consumer.Handler)
            .Where(handler => handler.Topics.Contains(message.Topic, StringComparer.Ordinal))
            .ToList();
        if (handlers.Count == 0)
            return (true, $"This service no longer reads {message.Topic}.");
        if (isSigned && macs.Refusal(message) is { } forged)
            return (true, forged);
        try
        {
            // Handlers block on the database, so they must not run on a request thread.
            await Task.Run(() => handlers.ForEach(handler => handler.Handle([message])), cancellationToken);
        }
        catch (Exception failure)
        {
            logger.LogError(failure, "The replay of parked message {Id} failed", id);
            return (
                true,
                failure is PoisonMessageException
                    ? failure.Message
                    : "The message failed again. The log of the service has the reason."
            );
        }

        await using var work = await units.BeginBatchAsync(cancellationToken);
        work.Write.BatchCommands.Add(
            Command("update parked_messages set replayed_at = $1 where id = $2", Value(clock.GetUtcNow()), Value(id))
        );
        work.Audit(
            new AuditEvent(AuditActions.MessageReplayed, who, "message", id.ToString())
            {
                After = new { message.Topic, messageId = message.Id },
            }
        );
        await work.CommitAsync(cancellationToken);
        return (true, null);
    }

    /// <summary>
    /// PostgreSQL's text allows neither U+0000 nor half of a surrogate pair. A message that cannot be stored would be
    /// read again for ever.
    /// </summary>
    private static string Storable(string text) =>
        Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)).Replace('\0', '\uFFFD');

    private async Task<(ConsumedMessage Message, bool IsSigned)?> FindAsync(
        Guid id,
        CancellationToken cancellationToken
    )
    {
        await using var command = database.CreateCommand(
            """select topic, partition, "offset", key, message_id, message_time, trace_parent, body, mac from parked_messages where id = $1"""
        );
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
            return null;
        var mac = await reader.IsDBNullAsync(8, cancellationToken) ? null : reader.GetString(8);
        var message = new ConsumedMessage
        {
            Topic = reader.GetString(0),
            Partition = reader.GetInt32(1),
            Offset = reader.GetInt64(2),
            Key = reader.GetString(3),
            Id = reader.GetString(4),
            Time = await reader.GetFieldValueAsync<DateTimeOffset>(5, cancellationToken),
            TraceParent = await reader.IsDBNullAsync(6, cancellationToken) ? null : reader.GetString(6),
            Body = await reader.GetFieldValueAsync<byte[]>(7, cancellationToken),
            Mac = mac ?? "",
        };
        return (message, mac is not null);
    }
}
