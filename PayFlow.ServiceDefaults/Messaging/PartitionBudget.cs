using System.Collections.Frozen;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PayFlow.ServiceDefaults.Contracts;

namespace PayFlow.ServiceDefaults.Messaging;

/// <summary>
/// Slows the relay down for the in-memory broker, which silently drops the oldest messages beyond 5 MiB a partition.
/// Topics without a group may lose messages: their listeners detect the gap and reload. On Apache Kafka it never waits.
/// </summary>
public sealed class PartitionBudget(
    KafkaClients clients,
    TimeProvider clock,
    IOptions<MessagingOptions> options,
    ILogger<PartitionBudget> logger
) : IDisposable
{
    /// <summary>Bytes of a record beside body, key and id: its headers and framing.</summary>
    private const int RecordOverhead = 200;

    private static readonly TimeSpan QueryTimeout = TimeSpan.FromSeconds(2);

    /// <summary>A busy group makes room within this time; a longer wait is logged.</summary>
    private static readonly TimeSpan UsualWait = TimeSpan.FromSeconds(10);

    private static readonly FrozenSet<string> Grouped = Topics
        .All.Where(topic => topic.ConsumerGroups.Length > 0)
        .Select(topic => topic.Name)
        .ToFrozenSet(StringComparer.Ordinal);

    private readonly Dictionary<string, (long Bytes, long Messages)> _sent = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _gate = new(1, 1);
    private IConsumer<string, byte[]>? _reader;
    private long _sinceCheck;

    /// <summary>Returns at once unless a topic of this batch has a partition that is nearly full.</summary>
    public async ValueTask WaitForRoomAsync(OutboxBatch batch, CancellationToken cancellationToken)
    {
        if (!options.Value.InMemoryBroker)
            return;
        await _gate.WaitAsync(cancellationToken);
        try
        {
            foreach (var message in batch.Messages)
            {
                if (!Grouped.Contains(message.Topic))
                    continue;
                var size = message.Body.Length + message.Key.Length + message.Id.Length + RecordOverhead;
                var sum = _sent.GetValueOrDefault(message.Topic);
                _sent[message.Topic] = (sum.Bytes + size, sum.Messages + 1);
                _sinceCheck += size;
            }

            // Between two checks a partition gains at most the bytes sent since: a quarter of its budget.
            if (_sinceCheck < options.Value.PartitionBudget / 4)
                return;
            _sinceCheck = 0;
            foreach (
                var topic in batch
                    .Messages.Select(message => message.Topic)
                    .Distinct(StringComparer.Ordinal)
                    .Where(Grouped.Contains)
                    .ToList()
            )
            {
                await WaitForRoomAsync(topic, cancellationToken);
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task WaitForRoomAsync(string topic, CancellationToken cancellationToken)
    {
        var (started, isTold) = (clock.GetTimestamp(), false);
        while (FullestPartition(topic) > options.Value.PartitionBudget / 2)
        {
            if (!isTold && clock.GetElapsedTime(started) > UsualWait)
            {
                logger.LogWarning(
                    "Nothing is published: {Topic} is full on the in-memory broker, and its readers make no room",
                    topic
                );
                isTold = true;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), clock, cancellationToken);
        }
    }

    public void Dispose()
    {
        _reader?.Dispose();
        _gate.Dispose();
    }

    /// <summary>
    /// Bytes in the fullest partition: its messages that are not trimmed, at this topic's average size.
    /// </summary>
    private long FullestPartition(string topic)
    {
        var (bytes, messages) = _sent[topic];
        var partitions = Topics.All.FirstOrDefault(known => known.Name == topic)?.Partitions ?? 1;
        _reader ??= clients.NewReader();
        var fullest = 0L;
        for (var partition = 0; partition < partitions; partition++)
        {
            try
            {
                var offsets = _reader.QueryWatermarkOffsets(new TopicPartition(topic, partition), QueryTimeout);
                fullest = Math.Max(fullest, offsets.High - Math.Max(0, offsets.Low));
            }
            catch (KafkaException)
            {
                // Without a response there is nothing to wait for: the send itself reports an outage.
                return 0;
            }
        }

        return fullest * (bytes / Math.Max(1, messages));
    }
}
