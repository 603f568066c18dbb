using Npgsql;
using PayFlow.ServiceDefaults.Identifiers;
using static PayFlow.ServiceDefaults.Connections.SqlArrays;

namespace PayFlow.ServiceDefaults.Messaging;

/// <summary>
/// Stores the events of a change in its transaction (<see cref="Commits.UnitOfWork"/>) and passes them to the relay
/// after the commit. If the process ends in between, the relay's sweep publishes them.
/// </summary>
public sealed class Outbox(OutboxQueue queue, TimeProvider clock)
{
    internal OutboxBatch NewBatch() => new(TypedId.NewGuid(clock));

    internal OutboxRow ToRow(OutboxBatch events) =>
        new()
        {
            Id = events.Id,
            CreatedAt = clock.GetUtcNow(),
            Messages = events.Messages.Count,
            Payload = events.Encode(),
        };

    internal static NpgsqlBatchCommand Insert(OutboxRow row) =>
        Command(
            "insert into outbox (id, created_at, messages, payload) values ($1, $2, $3, $4)",
            Value(row.Id),
            Value(row.CreatedAt),
            Value(row.Messages),
            Value(row.Payload)
        );

    /// <summary>Only after the commit: sends the events at once.</summary>
    internal void Committed(OutboxBatch events) => queue.Add(events);
}
