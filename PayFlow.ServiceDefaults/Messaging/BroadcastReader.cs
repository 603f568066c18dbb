using Confluent.Kafka;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Telemetry;

namespace PayFlow.ServiceDefaults.Messaging;

/// <summary>
/// Reads the listeners' topics from their end, without a group or commits, so that every replica reads every message.
/// After an outage or a change of the broker it starts at the end again, and the listeners reload their state.
/// </summary>
internal sealed class BroadcastReader(
    KafkaClients clients,
    IEnumerable<IBroadcastListener> listeners,
    MessageMacs macs,
    TimeProvider clock,
    ILogger<BroadcastReader> logger
) : BackgroundService
{
    private static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan FirstLook = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(10);
    private static readonly KeyValuePair<string, object?> Group = new("group", Topics.ReaderGroup);

    private readonly ILookup<string, IBroadcastListener> _listeners = listeners
        .SelectMany(listener => listener.Topics.Select(topic => (topic, listener)))
        .ToLookup(pair => pair.topic, pair => pair.listener, StringComparer.Ordinal);

    private readonly TimeSpan _delay = listeners.Min(listener => listener.Delay);

    private DateTimeOffset _quietUntil;
    private volatile string? _broker;

    // Two separate threads, because the client's calls block and reading the broker's identity must not delay messages.
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

    /// <summary>
    /// Keeps <see cref="_broker"/> current: the identity of the broker, or null while no broker responds.
    /// </summary>
    private void Watch(CancellationToken stopping)
    {
        // The client and the reader reconnect by themselves, so they are kept during an outage.
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
        MessagingMetrics.Refused.Begin(Group);
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
                    listener.OnResubscribed();
                logger.LogInformation("Live messages are heard");
                while (!stopping.IsCancellationRequested && broker == _broker)
                    ReadNext(reader);
            }
            catch (KafkaException failure)
            {
                logger.LogWarning("Live messages pause: {Reason}", failure.Error.Reason);
                stopping.WaitHandle.WaitOne(CheckInterval);
            }

            reader.Unassign();
        }
    }

    private void ReadNext(IConsumer<string, byte[]> reader)
    {
        if (reader.Consume(TimeSpan.FromMilliseconds(200)) is not { Message: not null } record)
            return;
        var message = KafkaClients.FromKafka(record);
        var interested = _listeners[message.Topic];
        if (!interested.Any(listener => listener.MayConcern(message)))
            return;
        if (macs.LiveRefusal(message) is { } refusal)
        {
            Refuse(message, refusal);
            return;
        }

        foreach (var listener in interested.Where(listener => listener.MayConcern(message)))
        {
            try
            {
                listener.Handle(message);
            }
            catch (PoisonMessageException unreadable)
            {
                logger.LogWarning("A live message was skipped: {Reason}", unreadable.Message);
            }
        }
    }

    /// <summary>
    /// Drops the message: it is of no use later. One line in ten seconds, because a client of the broker could
    /// otherwise fill the log.
    /// </summary>
    private void Refuse(ConsumedMessage message, string reason)
    {
        MessagingMetrics.Refused.Add(1, Group);
        if (clock.GetUtcNow() < _quietUntil)
            return;
        _quietUntil = clock.GetUtcNow() + Quiet;
        logger.LogWarning("A live message on {Topic} was refused: {Reason}", message.Topic, reason);
    }

    /// <summary>
    /// All partitions of the topics, from their current end. The end is read now and not at the first fetch: messages
    /// between the listeners' reload and that fetch would be missed.
    /// </summary>
    private List<TopicPartitionOffset> Partitions(IConsumer<string, byte[]> reader)
    {
        using var admin = new DependentAdminClientBuilder(reader.Handle).Build();
        var all = admin.GetMetadata(Timeout).Topics.ToDictionary(topic => topic.Topic, StringComparer.Ordinal);
        var assigned = new List<TopicPartitionOffset>();
        foreach (var name in _listeners.Select(topic => topic.Key))
        {
            // On a new broker the topics appear a little later.
            if (!all.TryGetValue(name, out var topic) || topic.Error.IsError || topic.Partitions.Count == 0)
                throw new KafkaException(new Error(ErrorCode.UnknownTopicOrPart, $"There is no topic {name} yet."));
            assigned.AddRange(
                topic
                    .Partitions.Select(partition => new TopicPartition(name, partition.PartitionId))
                    .Select(partition => new TopicPartitionOffset(
                        partition,
                        reader.QueryWatermarkOffsets(partition, Timeout).High
                    ))
            );
        }

        return assigned;
    }
}
