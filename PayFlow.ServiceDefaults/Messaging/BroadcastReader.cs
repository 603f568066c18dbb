using Confluent.Kafka;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace PayFlow.ServiceDefaults.Messaging;

/// <summary>Wants to hear every message of some topics in every replica. It is called on the reader's thread and must not wait.</summary>
public interface IBroadcastListener
{
    IReadOnlyList<string> Topics { get; }

    /// <summary>How much later than at once it may hear of a message. The in-memory broker has to be asked, and each time costs.</summary>
    TimeSpan Delay { get; }

    /// <exception cref="PoisonMessageException">The message cannot be read; it is skipped.</exception>
    void Hear(ConsumedMessage message);

    /// <summary>Listening began, or began again: what happened before was not heard and must be read elsewhere.</summary>
    void Resume();
}

/// <summary>
/// Reads the listeners' topics from their end, in no group and committing nothing, so that every replica hears everything.
/// When the broker was away or is another one, it starts again at the end and has the listeners read anew.
/// </summary>
internal sealed class BroadcastReader(KafkaClients clients, IEnumerable<IBroadcastListener> listeners, ILogger<BroadcastReader> logger) : BackgroundService
{
    private static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly ILookup<string, IBroadcastListener> _listeners =
        listeners.SelectMany(listener => listener.Topics.Select(topic => (topic, listener))).ToLookup(pair => pair.topic, pair => pair.listener, StringComparer.Ordinal);

    private readonly TimeSpan _delay = listeners.Min(listener => listener.Delay);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        // A thread of its own, as the client's calls block.
        Task.Factory.StartNew(() => Run(stoppingToken), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Run(CancellationToken stopping)
    {
        // Kept through every outage: they connect again by themselves.
        using var watch = clients.NewReader();
        using var reader = clients.NewReader(_delay);
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                // Fails while there is no broker, so that the end is sought only once it can be known.
                var broker = BrokerIdentity.Read(watch);
                reader.Assign(Partitions(reader));
                foreach (var listener in _listeners.SelectMany(topic => topic).Distinct()) listener.Resume();
                logger.LogInformation("Live messages are heard");
                while (!stopping.IsCancellationRequested && ReadForAWhile(reader, stopping) && BrokerIdentity.Read(watch) == broker)
                {
                }
            }
            catch (KafkaException failure)
            {
                logger.LogWarning("Live messages pause until the broker is back: {Reason}", failure.Error.Reason);
                reader.Unassign();
            }

            stopping.WaitHandle.WaitOne(CheckInterval);
        }
    }

    /// <returns>False once the service stops.</returns>
    private bool ReadForAWhile(IConsumer<string, byte[]> reader, CancellationToken stopping)
    {
        var until = Environment.TickCount64 + (long)CheckInterval.TotalMilliseconds;
        while (!stopping.IsCancellationRequested && Environment.TickCount64 < until)
        {
            if (reader.Consume(TimeSpan.FromMilliseconds(200)) is not { Message: not null } record) continue;
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

        return !stopping.IsCancellationRequested;
    }

    /// <summary>All partitions that the broker has of the heard topics, from their end.</summary>
    private List<TopicPartitionOffset> Partitions(IConsumer<string, byte[]> reader)
    {
        using var admin = new DependentAdminClientBuilder(reader.Handle).Build();
        var all = admin.GetMetadata(Patience).Topics.ToDictionary(topic => topic.Topic, StringComparer.Ordinal);
        var assigned = new List<TopicPartitionOffset>();
        foreach (var name in _listeners.Select(topic => topic.Key))
        {
            // On a broker that the services have not prepared yet the topics appear a little later.
            if (!all.TryGetValue(name, out var topic) || topic.Error.IsError || topic.Partitions.Count == 0) throw new KafkaException(new Error(ErrorCode.UnknownTopicOrPart, $"There is no topic {name} yet."));
            assigned.AddRange(topic.Partitions.Select(partition => new TopicPartitionOffset(name, partition.PartitionId, Offset.End)));
        }

        return assigned;
    }
}
