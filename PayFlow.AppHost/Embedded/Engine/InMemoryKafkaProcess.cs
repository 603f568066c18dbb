using System.Net;
using System.Security.Cryptography;
using Confluent.Kafka;
using PayFlow.ServiceDefaults;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Messaging;

namespace PayFlow.AppHost.Embedded;

/// <summary>
/// The in-memory broker's own process: librdkafka's mock asserts, so it must not share one with anything. It ends when
/// its standard input does.
/// </summary>
internal static class InMemoryKafkaProcess
{
    /// <summary>Distinct from a crash: the process is well, its broker is not.</summary>
    private const int DeafExitCode = 70;

    public static void Run(int port)
    {
        BatchScheduling.Begin();
        using var ended = new ManualResetEvent(false);
        new Thread(() =>
        {
            while (Console.In.Read() >= 0)
            {
                // Nothing is said here; only the end matters.
            }

            ended.Set();
        })
        {
            IsBackground = true,
        }.Start();
        // Ctrl+C reaches the whole group: the app host decides the order of the end.
        Console.CancelKeyPress += (_, pressed) => pressed.Cancel = true;
        var kafka = InMemoryKafka.Start(
            new InMemoryKafkaOptions(
                Port: port,
                Topics: Topics.All.ToDictionary(topic => topic.Name, topic => topic.Partitions, StringComparer.Ordinal)
            )
        );
        var watchdog = new BrokerWatchdog(IPEndPoint.Parse(kafka.BootstrapServers), () => kafka.CallUnderWay);
        new Thread(() => Watch(watchdog, ended)) { IsBackground = true, Name = "watchdog" }.Start();
        var identity = GiveIdentity(kafka.BootstrapServers);
        Console.WriteLine($"in-memory Kafka listens on {kafka.BootstrapServers}");
        Trim(kafka, identity, ended);
        Environment.Exit(0);
    }

    /// <summary>
    /// A service that later finds another identity knows that the broker is new and has none of the old messages.
    /// </summary>
    /// <returns>The identity that counts: where a service that waited for a broker was faster, its.</returns>
    internal static string GiveIdentity(string servers)
    {
        using var producer = new ProducerBuilder<string, byte[]>(
            new ProducerConfig { BootstrapServers = servers }
        ).Build();
        producer.Produce(
            Topics.BrokerIdentity,
            new Message<string, byte[]> { Key = RandomNumberGenerator.GetHexString(16, lowercase: true), Value = [] }
        );
        producer.Flush(TimeSpan.FromSeconds(10));
        using var reader = new ConsumerBuilder<string, byte[]>(Client(servers, "payflow-identity")).Build();
        return BrokerIdentity.Read(reader)
            ?? throw new InvalidOperationException("The in-memory broker took no identity.");
    }

    // About a megabyte: a fetch walks through a partition from its start.
    private const int MaxUnread = 2000;

    /// <summary>
    /// Ends a process whose broker is gone: the engine starts another, which the services find and feed.
    /// </summary>
    private static void Watch(BrokerWatchdog watchdog, ManualResetEvent ended)
    {
        while (!ended.WaitOne(BrokerWatchdog.Interval))
        {
            if (watchdog.Look() is not { } fault)
                continue;
            Console.Error.WriteLine($"in-memory Kafka {fault}: it ends, to be started again");
            Console.Error.Flush();
            // Not Environment.Exit: it could wait for a call of the mock that never returns.
            if (OperatingSystem.IsWindows())
                Environment.Exit(DeafExitCode);
            else
                Signals.EndAtOnce(DeafExitCode);
        }
    }

    /// <summary>Drops what every group has read, and of topics that no group reads all but the latest.</summary>
    private static void Trim(InMemoryKafka kafka, string identity, ManualResetEvent ended)
    {
        var groups = Topics
            .All.SelectMany(topic => topic.ConsumerGroups)
            .Where(group => group != Topics.Untrimmed)
            .Distinct(StringComparer.Ordinal)
            .ToDictionary(
                group => group,
                group => Reader(Client(kafka.BootstrapServers, Topics.GroupOnInMemoryBroker(group, identity))),
                StringComparer.Ordinal
            );
        using var watermarks = Reader(Client(kafka.BootstrapServers, "payflow-trim"));
        while (!ended.WaitOne(200))
        {
            // A broker with nothing to trim is called as well, so that the watchdog notices a mock without its thread.
            kafka.Ping();
            try
            {
                foreach (var topic in Topics.All)
                {
                    var partitions = Enumerable
                        .Range(0, topic.Partitions)
                        .Select(partition => new TopicPartition(topic.Name, partition))
                        .ToList();
                    if (topic.ConsumerGroups.Length == 0)
                    {
                        foreach (var partition in partitions)
                            TrimUnread(kafka, watermarks, partition);
                        continue;
                    }

                    if (!topic.ConsumerGroups.All(groups.ContainsKey))
                        continue;
                    var lowest = topic
                        .ConsumerGroups.SelectMany(group =>
                            groups[group].Committed(partitions, TimeSpan.FromSeconds(2))
                        )
                        .GroupBy(committed => committed.TopicPartition)
                        .Select(partition =>
                            (partition.Key, Offset: partition.Min(committed => committed.Offset.Value))
                        );
                    foreach (var (partition, offset) in lowest.Where(low => low.Offset > 0))
                        kafka.Trim(topic.Name, partition.Partition.Value, offset);
                }
            }
            catch (KafkaException busy)
            {
                Console.Error.WriteLine($"trimming waits: {busy.Error.Reason}");
            }
        }
    }

    private static void TrimUnread(InMemoryKafka kafka, IConsumer<Ignore, Ignore> watermarks, TopicPartition partition)
    {
        var before = watermarks.QueryWatermarkOffsets(partition, TimeSpan.FromSeconds(2)).High.Value - MaxUnread;
        if (before > 0)
            kafka.Trim(partition.Topic, partition.Partition.Value, before);
    }

    private static ConsumerConfig Client(string servers, string group) =>
        new()
        {
            BootstrapServers = servers,
            GroupId = group,
            EnableAutoCommit = false,
        };

    private static IConsumer<Ignore, Ignore> Reader(ConsumerConfig client) =>
        new ConsumerBuilder<Ignore, Ignore>(client).Build();
}
