using Confluent.Kafka;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace PayFlow.ServiceDefaults.Messaging;

/// <summary>
/// Reads the listeners' topics from their end, in no group and committing nothing, so that every replica hears everything.
/// When the broker was away or is another one, it starts again at the end and has the listeners read anew.
/// </summary>
internal sealed class BroadcastReader(
    KafkaClients clients,
    IEnumerable<IBroadcastListener> listeners,
    ILogger<BroadcastReader> logger
) : BackgroundService
{
    private static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan FirstLook = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly ILookup<string, IBroadcastListener> _listeners = listeners
        .SelectMany(listener => listener.Topics.Select(topic => (topic, listener)))
        .ToLookup(pair => pair.topic, pair => pair.listener, StringComparer.Ordinal);

    private readonly TimeSpan _delay = listeners.Min(listener => listener.Delay);

    private volatile string? _broker;

    // Threads of their own, as the client's calls block; and two, since asking who the broker is takes as long as no message must wait.
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(
            Task.Factory.StartNew(
                () => Watch(stoppingToken),
                CancellationToken.None,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default
            ),
            Task.Factory.StartNew(
                () => Run(stoppingToken),
                CancellationToken.None,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default
            )
        );

    /// <summary>Keeps <see cref="_broker"/>: which one answers, null while none does.</summary>
    private void Watch(CancellationToken stopping)
    {
        // Kept through every outage, as is the reader: they connect again by themselves.
        using var watch = clients.NewReader();
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                _broker = BrokerIdentity.Read(watch);
            }
            catch (KafkaException failure)
            {
                if (_broker is not null)
                    logger.LogWarning("Live messages pause until the broker is back: {Reason}", failure.Error.Reason);
                _broker = null;
            }

            stopping.WaitHandle.WaitOne(_broker is null ? FirstLook : CheckInterval);
        }
    }

    private void Run(CancellationToken stopping)
    {
        using var reader = clients.NewReader(_delay);
        while (!stopping.IsCancellationRequested)
        {
            if (_broker is not { } broker)
            {
                stopping.WaitHandle.WaitOne(FirstLook);
                continue;
            }

            try
            {
                reader.Assign(Partitions(reader));
                foreach (var listener in _listeners.SelectMany(topic => topic).Distinct())
                    listener.Resume();
                logger.LogInformation("Live messages are heard");
                while (!stopping.IsCancellationRequested && broker == _broker)
                    Hear(reader);
            }
            catch (KafkaException failure)
            {
                logger.LogWarning("Live messages pause: {Reason}", failure.Error.Reason);
                stopping.WaitHandle.WaitOne(CheckInterval);
            }

            reader.Unassign();
        }
    }

    private void Hear(IConsumer<string, byte[]> reader)
    {
        if (reader.Consume(TimeSpan.FromMilliseconds(200)) is not { Message: not null } record)
            return;
        var message = KafkaClients.FromKafka(record);
        foreach (var listener in _listeners[message.Topic])
        {
            try
            {
                listener.Hear(message);
            }
            catch (PoisonMessageException unreadable)
            {
                logger.LogWarning("A live message was skipped: {Reason}", unreadable.Message);
            }
        }
    }

    /// <summary>
    /// All partitions that the broker has of the heard topics, from their end as it is now: were it looked for only with the first
    /// fetch, what comes after the listeners have read anew and before that would be heard by nobody.
    /// </summary>
    private List<TopicPartitionOffset> Partitions(IConsumer<string, byte[]> reader)
    {
        using var admin = new DependentAdminClientBuilder(reader.Handle).Build();
        var all = admin.GetMetadata(Patience).Topics.ToDictionary(topic => topic.Topic, StringComparer.Ordinal);
        var assigned = new List<TopicPartitionOffset>();
        foreach (var name in _listeners.Select(topic => topic.Key))
        {
            // On a broker that the services have not prepared yet the topics appear a little later.
            if (!all.TryGetValue(name, out var topic) || topic.Error.IsError || topic.Partitions.Count == 0)
                throw new KafkaException(new Error(ErrorCode.UnknownTopicOrPart, $"There is no topic {name} yet."));
            assigned.AddRange(
                topic
                    .Partitions.Select(partition => new TopicPartition(name, partition.PartitionId))
                    .Select(partition => new TopicPartitionOffset(
                        partition,
                        reader.QueryWatermarkOffsets(partition, Patience).High
                    ))
            );
        }

        return assigned;
    }
}
