using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using K4os.Compression.LZ4;
using PayFlow.ServiceDefaults.Contracts;

namespace PayFlow.ServiceDefaults.Messaging;

/// <summary>
/// The events of one database transaction. They are stored as one outbox row, so that a batch of a thousand transfers
/// costs one row and not two thousand.
/// </summary>
public sealed class OutboxBatch(Guid id)
{
    // The layout's number and the plain length, then the messages as one LZ4 block.
    private const byte Packed = 2;
    private const int HeadLength = 1 + sizeof(int);

    private readonly List<OutgoingMessage> _messages = [];

    /// <summary>Version 7, so that rows sort by the time they were made.</summary>
    public Guid Id { get; } = id;

    public IReadOnlyList<OutgoingMessage> Messages => _messages;

    public bool IsEmpty => _messages.Count == 0;

    /// <param name="traceParent">The cause's trace context; unless given, the current activity's.</param>
    public void Add<T>(T fact, string? traceParent = null)
        where T : IEvent<T> =>
        _messages.Add(
            new OutgoingMessage(
                T.Topic.Name,
                fact.PartitionKey,
                fact.EventId,
                fact.OccurredAt,
                traceParent ?? Activity.Current?.Id,
                JsonSerializer.SerializeToUtf8Bytes(fact, T.Json)
            )
        );

    /// <summary>Removes the events of other topics.</summary>
    public void KeepOnly(string topic) => _messages.RemoveAll(message => message.Topic != topic);

    internal byte[] Encode()
    {
        var plain = ArrayPool<byte>.Shared.Rent(_messages.Sum(MaxSize) + 64);
        try
        {
            var length = Write(plain);
            // Compressed, because events of one batch are similar. Uncompressed, logging and storing them took 15 % of
            // PostgreSQL's time.
            var packed = new byte[HeadLength + LZ4Codec.MaximumOutputSize(length)];
            packed[0] = Packed;
            BinaryPrimitives.WriteInt32LittleEndian(packed.AsSpan(1), length);
            var packedLength = LZ4Codec.Encode(plain.AsSpan(0, length), packed.AsSpan(HeadLength));
            return packed.AsSpan(0, HeadLength + packedLength).ToArray();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(plain);
        }
    }

    private int Write(byte[] target)
    {
        using var stream = new MemoryStream(target);
        using var writer = new BinaryWriter(stream, Encoding.UTF8);
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
        return (int)stream.Position;
    }

    /// <summary>Bytes that a message takes at most: text in UTF-8, each with its length before it.</summary>
    private static int MaxSize(OutgoingMessage message) =>
        message.Body.Length
        + (3 * (message.Topic.Length + message.Key.Length + message.Id.Length + (message.TraceParent?.Length ?? 0)))
        + 40;

    /// <exception cref="InvalidDataException">
    /// It is damaged, or another version of the service has laid it out.
    /// </exception>
    internal static OutboxBatch Decode(Guid id, byte[] payload)
    {
        if (payload.Length < HeadLength || payload[0] != Packed)
            throw new InvalidDataException($"Outbox row {id} has an unknown layout.");
        var batch = new OutboxBatch(id);
        try
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(payload.AsSpan(1));
            // LZ4 packs no better than that, and room is made only for what can be there.
            var plain = new byte[Math.Min(length, 255L * payload.Length)];
            if (LZ4Codec.Decode(payload.AsSpan(HeadLength), plain) == plain.Length)
                batch.Read(plain);
        }
        catch (Exception damaged)
            when (damaged is IOException or ArgumentException or FormatException or OverflowException)
        {
            throw new InvalidDataException($"Outbox row {id} is damaged.", damaged);
        }

        // None is ever written without messages.
        if (batch.IsEmpty)
            throw new InvalidDataException($"Outbox row {id} is damaged.");
        return batch;
    }

    private void Read(byte[] plain)
    {
        using var reader = new BinaryReader(new MemoryStream(plain), Encoding.UTF8);
        for (var left = reader.ReadInt32(); left > 0; left--)
        {
            var (topic, key, eventId) = (reader.ReadString(), reader.ReadString(), reader.ReadString());
            var time = new DateTimeOffset(reader.ReadInt64(), TimeSpan.Zero);
            var traceParent = reader.ReadString();
            _messages.Add(
                new OutgoingMessage(
                    topic,
                    key,
                    eventId,
                    time,
                    traceParent.Length == 0 ? null : traceParent,
                    reader.ReadBytes(Math.Min(reader.ReadInt32(), plain.Length))
                )
            );
        }
    }
}
