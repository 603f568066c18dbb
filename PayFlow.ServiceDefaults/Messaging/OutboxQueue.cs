using System.Threading.Channels;

namespace PayFlow.ServiceDefaults.Messaging;

/// <summary>Committed batches on their way to the relay of this process.</summary>
public sealed class OutboxQueue
{
    private readonly Channel<OutboxBatch> _committed = Channel.CreateBounded<OutboxBatch>(
        new BoundedChannelOptions(10_000) { SingleReader = true }
    );

    internal ChannelReader<OutboxBatch> Reader => _committed.Reader;

    /// <summary>The relay sends it when its turn comes. Where the queue is full, the sweep finds the row.</summary>
    internal void Add(OutboxBatch batch) => _committed.Writer.TryWrite(batch);
}
