using System.Text;
using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;
using PayFlow.ServiceDefaults.Identifiers;

namespace PayFlow.ServiceDefaults.Messaging;

/// <summary>Stores dead letters with their reason, so that other messages continue.</summary>
public sealed class DeadLetterRecorder(
    NpgsqlDataSource database,
    TimeProvider clock,
    ILogger<DeadLetterRecorder> logger
)
{
    /// <summary>
    /// Idempotent: a message that arrives again is stored once. The MAC distinguishes it from a forged message with the
    /// same id.
    /// </summary>
    /// <returns>Whether it is parked now and was not before.</returns>
    internal bool Record(ConsumedMessage message, string reason)
    {
        using var command = database.CreateCommand(
            """
            insert into parked_messages (id, topic, partition, "offset", key, message_id, message_time, trace_parent,
              body, reason, parked_at, mac)
            select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12
            where not exists (
              select from parked_messages
              where topic = $2 and message_id = $6 and message_id <> ''
                and replayed_at is null and mac is not distinct from $12)
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
        MessagingMetrics.DeadLetters.Add(1, new KeyValuePair<string, object?>("topic", message.Topic));
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

    /// <summary>
    /// PostgreSQL's text allows neither U+0000 nor half of a surrogate pair. A message that cannot be stored would be
    /// read again for ever.
    /// </summary>
    private static string Storable(string text) =>
        Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)).Replace('\0', '\uFFFD');
}
