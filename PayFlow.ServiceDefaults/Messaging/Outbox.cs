using Npgsql;
using NpgsqlTypes;
using PayFlow.ServiceDefaults.Identifiers;

namespace PayFlow.ServiceDefaults.Messaging;

/// <summary>
/// Writes events in the transaction of their change and passes them to the relay after the commit: <c>var events =
/// outbox.NewBatch(); events.Add(…); outbox.AddTo(batch, events); commit; outbox.Committed(events);</c> If the process
/// ends in between, the relay's sweep publishes them.
/// </summary>
public sealed class Outbox(OutboxRelay relay, TimeProvider clock)
{
    public OutboxBatch NewBatch() => new(TypedId.NewGuid(clock));

    /// <summary>Adds the insert to a batch of commands that runs inside the transaction. Nothing where there are no events.</summary>
    public void AddTo(NpgsqlBatch commands, OutboxBatch events)
    {
        if (events.IsEmpty)
            return;
        commands.BatchCommands.Add(
            new NpgsqlBatchCommand("insert into outbox (id, created_at, messages, payload) values ($1, $2, $3, $4)")
            {
                Parameters =
                {
                    new NpgsqlParameter<Guid> { TypedValue = events.Id },
                    new NpgsqlParameter<DateTimeOffset>
                    {
                        TypedValue = clock.GetUtcNow(),
                        NpgsqlDbType = NpgsqlDbType.TimestampTz,
                    },
                    new NpgsqlParameter<int> { TypedValue = events.Messages.Count },
                    new NpgsqlParameter<byte[]> { TypedValue = events.Encode(), NpgsqlDbType = NpgsqlDbType.Bytea },
                },
            }
        );
    }

    /// <summary>The same as a row for a DbContext: <c>db.Add(outbox.ToRow(events))</c>.</summary>
    public OutboxRow ToRow(OutboxBatch events) =>
        new()
        {
            Id = events.Id,
            CreatedAt = clock.GetUtcNow(),
            Messages = events.Messages.Count,
            Payload = events.Encode(),
        };

    /// <summary>Call it after the commit, and only then: sends the events at once.</summary>
    public void Committed(OutboxBatch events)
    {
        if (!events.IsEmpty)
            relay.Enqueue(events);
    }
}
