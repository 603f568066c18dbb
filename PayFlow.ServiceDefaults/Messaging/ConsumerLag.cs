using System.Diagnostics.Metrics;
using Confluent.Kafka;

namespace PayFlow.ServiceDefaults.Messaging;

/// <summary>
/// How far one consumer is behind the broker, asked when the metrics are read: from what librdkafka heard last of each partition's
/// end to what took effect here. It is told while a batch that cannot be handled holds everything up, too.
/// </summary>
internal sealed class ConsumerLag : IDisposable
{
    private static readonly List<ConsumerLag> All = [];

    private readonly Lock _gate = new();
    private readonly Dictionary<TopicPartition, long> _next = [];
    private readonly KeyValuePair<string, object?> _group;
    private IConsumer<string, byte[]>? _consumer;

    public ConsumerLag(string group, IConsumer<string, byte[]> consumer)
    {
        _group = new("group", group);
        _consumer = consumer;
        lock (All)
            All.Add(this);
    }

    public static IEnumerable<Measurement<long>> Observe()
    {
        lock (All)
            return [.. All.SelectMany(consumer => consumer.Measure())];
    }

    /// <summary>
    /// What the consumer holds now, told between its batches only: while a batch is stuck its place stays, whatever becomes of the
    /// membership meanwhile. Where another replica reads on, our old place means nothing any more.
    /// </summary>
    public void Hold(IEnumerable<TopicPartition> assigned)
    {
        lock (_gate)
        {
            foreach (var gone in _next.Keys.Except(assigned).ToList())
                _next.Remove(gone);
        }
    }

    /// <summary>The first message of a batch from its partition; it is not done yet.</summary>
    public void Took(ConsumeResult<string, byte[]> first)
    {
        lock (_gate)
            _next[first.TopicPartition] = first.Offset;
    }

    /// <summary>The last message of a batch from its partition: up to it all took effect or is parked.</summary>
    public void Done(ConsumeResult<string, byte[]> last)
    {
        lock (_gate)
            _next[last.TopicPartition] = last.Offset + 1;
    }

    public void Dispose()
    {
        lock (All)
            All.Remove(this);
        lock (_gate)
            _consumer = null;
    }

    private List<Measurement<long>> Measure()
    {
        lock (_gate)
        {
            if (_consumer is null)
                return [];
            try
            {
                return
                [
                    .. _consumer
                        .Assignment.Union(_next.Keys)
                        .GroupBy(partition => partition.Topic, StringComparer.Ordinal)
                        .Select(topic => new Measurement<long>(topic.Sum(Behind), _group, new("topic", topic.Key))),
                ];
            }
            catch (KafkaException)
            {
                // It is between two memberships and holds nothing.
                return [];
            }
        }
    }

    private long Behind(TopicPartition partition)
    {
        // Nothing came from a partition that is read to its end.
        if (!_next.TryGetValue(partition, out var next))
            return 0;
        var end = _consumer!.GetWatermarkOffsets(partition).High;
        return end == Offset.Unset ? 0 : Math.Max(0, end - next);
    }
}
