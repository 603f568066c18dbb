using System.Diagnostics.Metrics;
using Confluent.Kafka;

namespace PayFlow.ServiceDefaults.Messaging;

/// <summary>
/// The lag of one consumer, computed when metrics are read: from the partition's end, as last reported by librdkafka,
/// to the last handled message. It is reported while a failing batch blocks the consumer, too.
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
    /// Sets the consumer's partitions, between batches only: while a batch is stuck, its position stays even if the
    /// membership changes. A position of a partition that moved to another replica is dropped.
    /// </summary>
    public void Hold(IEnumerable<TopicPartition> assigned)
    {
        lock (_gate)
        {
            foreach (var gone in _next.Keys.Except(assigned).ToList())
                _next.Remove(gone);
        }
    }

    /// <summary>The first message of a batch from its partition; not handled yet.</summary>
    public void Took(ConsumeResult<string, byte[]> first)
    {
        lock (_gate)
            _next[first.TopicPartition] = first.Offset;
    }

    /// <summary>The last message of a batch from its partition. All before it are handled or dead letters.</summary>
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
                // The consumer has no partitions between two memberships.
                return [];
            }
        }
    }

    private long Behind(TopicPartition partition)
    {
        // A partition that is read to its end has no new messages.
        if (!_next.TryGetValue(partition, out var next))
            return 0;
        var end = _consumer!.GetWatermarkOffsets(partition).High;
        return end == Offset.Unset ? 0 : Math.Max(0, end - next);
    }
}
