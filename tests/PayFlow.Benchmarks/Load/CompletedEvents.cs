using System.Collections.Concurrent;
using System.Diagnostics;
using Confluent.Kafka;
using PayFlow.Benchmarks.Product;
using PayFlow.ServiceDefaults.Contracts;

namespace PayFlow.Benchmarks.Load;

/// <summary>Hears when transactions end, as every screen does: from the broker, after the end was committed.</summary>
internal sealed class CompletedEvents : IAsyncDisposable
{
    private readonly ConcurrentDictionary<Guid, long> _heard = new();
    private readonly CancellationTokenSource _end = new();
    private readonly Task _reading;

    public CompletedEvents(RunningPayFlow payflow)
    {
        var reader = new ConsumerBuilder<string, byte[]>(
            payflow.BrokerConnection.ApplyTo(
                new ConsumerConfig
                {
                    GroupId = "payflow-benchmark",
                    EnableAutoCommit = false,
                    FetchWaitMaxMs = payflow.IsInMemory ? 2 : 500,
                    FetchQueueBackoffMs = 5,
                }
            )
        ).Build();
        var partitions = Topics
            .All.Where(topic => topic.Name is TransactionCompleted.TopicName or TransactionFailed.TopicName)
            .SelectMany(topic =>
                Enumerable
                    .Range(0, topic.Partitions)
                    .Select(partition => new TopicPartitionOffset(topic.Name, partition, Offset.End))
            );
        reader.Assign(partitions);
        _reading = Task.Factory.StartNew(
            () => Read(reader),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );
    }

    /// <summary>When each was heard of.</summary>
    public IReadOnlyDictionary<Guid, long> Heard => _heard;

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _reading;
        _end.Dispose();
    }

    private void Read(IConsumer<string, byte[]> reader)
    {
        using (reader)
        {
            while (!_end.IsCancellationRequested)
            {
                if (reader.Consume(TimeSpan.FromMilliseconds(100)) is { } record)
                    _heard.TryAdd(Guid.Parse(record.Message.Key), Stopwatch.GetTimestamp());
            }

            reader.Close();
        }
    }
}
