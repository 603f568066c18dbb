using Microsoft.Extensions.Logging;
using Npgsql;
using PayFlow.ServiceDefaults.AuditChain;
using PayFlow.ServiceDefaults.Commits;
using PayFlow.ServiceDefaults.Messaging;
using static PayFlow.ServiceDefaults.Connections.SqlArrays;

namespace PayFlow.ServiceDefaults.DeadLetters;

/// <summary>Lists dead letters and replays them on an operator's request.</summary>
internal sealed class DeadLetterStore(
    NpgsqlDataSource database,
    UnitsOfWork units,
    MessageMacs macs,
    TimeProvider clock,
    ILogger<DeadLetterStore> logger
)
{
    /// <summary>The latest 200, unplayed ones first.</summary>
    public async Task<IReadOnlyList<DeadLetter>> ListAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            select id, topic, partition, "offset", message_id, reason, parked_at, replayed_at
            from parked_messages order by replayed_at nulls first, id desc limit 200
            """
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<DeadLetter>();
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(
                new DeadLetter(
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
    public async Task<(bool Found, string? Failure)> ReplayAsync(
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

    private async Task<(ConsumedMessage Message, bool IsSigned)?> FindAsync(
        Guid id,
        CancellationToken cancellationToken
    )
    {
        await using var command = database.CreateCommand(
            """
            select topic, partition, "offset", key, message_id, message_time, trace_parent, body, mac
            from parked_messages where id = $1
            """
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
