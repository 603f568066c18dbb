using Confluent.Kafka;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Messaging;

namespace PayFlow.Web.Live;

/// <summary>
/// Reads what screens show from the end of its topics, in no group and committing nothing, so that every replica hears
/// everything. When the broker was away or is another one, it starts again at the end and has the screens read anew.
/// </summary>
public sealed class LiveReader(KafkaClients clients, LiveUpdates updates, ILogger<LiveReader> logger) : BackgroundService
{
    private static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private static readonly string[] Heard =
        [Topics.AccountUpdated, Topics.BalanceUpdated, Topics.TransactionCompleted, Topics.TransactionFailed, Topics.NotificationCreated];

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        // A thread of its own, as the client's calls block.
        Task.Factory.StartNew(() => Run(stoppingToken), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Run(CancellationToken stopping)
    {
        // Kept through every outage: they connect again by themselves.
        using var watch = clients.NewReader();
        using var reader = clients.NewReader();
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                // Fails while there is no broker, so that the end is sought only once it can be known.
                var broker = BrokerIdentity.Read(watch);
                reader.Assign(Partitions(reader));
                updates.Resume();
                logger.LogInformation("Live updates are on");
                while (!stopping.IsCancellationRequested && ReadForAWhile(reader, stopping) && BrokerIdentity.Read(watch) == broker)
                {
                }
            }
            catch (KafkaException failure)
            {
                logger.LogWarning("Live updates pause until the broker is back: {Reason}", failure.Error.Reason);
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
            try
            {
                if (Read(KafkaClients.FromKafka(record)) is { } happened) updates.Publish(happened);
            }
            catch (PoisonMessageException unreadable)
            {
                // Nothing depends on it: the screens' next read shows what it meant.
                logger.LogWarning("A live update was skipped: {Reason}", unreadable.Message);
            }
        }

        return !stopping.IsCancellationRequested;
    }

    internal static IEvent? Read(ConsumedMessage message) => message.Topic switch
    {
        Topics.AccountUpdated => message.Read<AccountUpdated>(),
        Topics.BalanceUpdated => message.Read<BalanceUpdated>(),
        Topics.TransactionCompleted => message.Read<TransactionCompleted>(),
        Topics.TransactionFailed => message.Read<TransactionFailed>(),
        Topics.NotificationCreated => message.Read<NotificationCreated>(),
        _ => null,
    };

    /// <summary>All partitions that the broker has of the heard topics, from their end.</summary>
    private static List<TopicPartitionOffset> Partitions(IConsumer<string, byte[]> reader)
    {
        using var admin = new DependentAdminClientBuilder(reader.Handle).Build();
        var all = admin.GetMetadata(Patience).Topics.ToDictionary(topic => topic.Topic, StringComparer.Ordinal);
        var assigned = new List<TopicPartitionOffset>();
        foreach (var name in Heard)
        {
            // On a broker that the services have not prepared yet the topics appear a little later.
            if (!all.TryGetValue(name, out var topic) || topic.Error.IsError || topic.Partitions.Count == 0) throw new KafkaException(new Error(ErrorCode.UnknownTopicOrPart, $"There is no topic {name} yet."));
            assigned.AddRange(topic.Partitions.Select(partition => new TopicPartitionOffset(name, partition.PartitionId, Offset.End)));
        }

        return assigned;
    }
}
