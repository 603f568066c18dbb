using System.Diagnostics;
using System.Text;
using System.Text.Json;
using PayFlow.ServiceDefaults.Contracts;

namespace PayFlow.ServiceDefaults.Messaging;

/// <summary>
/// The events of one database transaction. They are stored as one outbox row, so that a batch of a thousand transfers costs one
/// row and not two thousand.
/// </summary>
public sealed class OutboxBatch(Guid id)
{
    private const byte Version = 1;
    private readonly List<OutgoingMessage> _messages = [];

    /// <summary>Version 7, so that rows sort by the time they were made.</summary>
    public Guid Id { get; } = id;

    public IReadOnlyList<OutgoingMessage> Messages => _messages;

    public bool IsEmpty => _messages.Count == 0;

    /// <param name="traceParent">The cause's trace context; unless given, the current activity's.</param>
    public void Add<T>(T fact, string? traceParent = null)
        where T : IEvent<T> => _messages.Add(new OutgoingMessage(
            T.Topic, fact.PartitionKey, fact.EventId, fact.OccurredAt, traceParent ?? Activity.Current?.Id, JsonSerializer.SerializeToUtf8Bytes(fact, T.Json)));

    /// <summary>Drops what is already here of other topics.</summary>
    public void KeepOnly(string topic) => _messages.RemoveAll(message => message.Topic != topic);

    internal byte[] Encode()
    {
        using var stream = new MemoryStream(_messages.Sum(message => message.Body.Length + 160));
        using var writer = new BinaryWriter(stream, Encoding.UTF8);
        writer.Write(Version);
        writer.Write(_messages.Count);
        foreach (var message in _messages)
        {
            writer.Write(message.Topic);
            writer.Write(message.Key);
            writer.Write(message.Id);
            writer.Write(message.Time.UtcTicks);
            writer.Write(message.TraceParent ?? "");
            writer.Write(message.Body.Length);
            writer.Write(message.Body);
        }

        writer.Flush();
        return stream.ToArray();
    }

    internal static OutboxBatch Decode(Guid id, byte[] payload)
    {
        using var reader = new BinaryReader(new MemoryStream(payload), Encoding.UTF8);
        if (reader.ReadByte() is var version && version != Version) throw new InvalidDataException($"Outbox row {id} has the unknown layout {version}.");
        var batch = new OutboxBatch(id);
        for (var left = reader.ReadInt32(); left > 0; left--)
        {
            var (topic, key, eventId) = (reader.ReadString(), reader.ReadString(), reader.ReadString());
            var time = new DateTimeOffset(reader.ReadInt64(), TimeSpan.Zero);
            var traceParent = reader.ReadString();
            batch._messages.Add(new OutgoingMessage(topic, key, eventId, time, traceParent.Length == 0 ? null : traceParent, reader.ReadBytes(reader.ReadInt32())));
        }

        return batch;
    }
}
