using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Confluent.Kafka;
using PayFlow.ServiceDefaults.Messaging;

namespace PayFlow.AppHost.Embedded;

/// <summary>
/// Helper processes that are this executable too: <c>in-memory-kafka PORT</c> (librdkafka's mock asserts, so it must not share a
/// process with anything) and <c>guard</c> (ends the children when the app host is killed). Both end when their standard input does.
/// </summary>
internal static partial class Subcommands
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(4);

    public static void RunIfAsked(string[] args)
    {
        if (args is ["in-memory-kafka", var port])
        {
            RunKafka(int.Parse(port, CultureInfo.InvariantCulture));
            Environment.Exit(0);
        }

        if (args is ["guard"])
        {
            Guard();
            Environment.Exit(0);
        }
    }

    private static void RunKafka(int port)
    {
        using var ended = new ManualResetEvent(false);
        new Thread(() =>
        {
            while (Console.In.Read() >= 0)
            {
                // Nothing is said here; only the end matters.
            }

            ended.Set();
        }) { IsBackground = true }.Start();
        // Ctrl+C reaches the whole group: the app host decides the order of the end.
        Console.CancelKeyPress += (_, pressed) => pressed.Cancel = true;
        var kafka = InMemoryKafka.Start(new InMemoryKafkaOptions(Port: port, Topics: Topics.All.ToDictionary(topic => topic.Name, topic => topic.Partitions, StringComparer.Ordinal)));
        Console.WriteLine($"in-memory Kafka listens on {kafka.BootstrapServers}");
        Trim(kafka, ended);
        Environment.Exit(0);
    }

    /// <summary>Drops what every group has read, and of topics that no group reads what is a few seconds old.</summary>
    private static void Trim(InMemoryKafka kafka, ManualResetEvent ended)
    {
        var groups = Topics.All.SelectMany(topic => topic.ConsumerGroups).Where(group => group != Topics.Untrimmed).Distinct(StringComparer.Ordinal)
            .ToDictionary(group => group, group => Client(kafka.BootstrapServers, group), StringComparer.Ordinal);
        using var watermarks = Client(kafka.BootstrapServers, "payflow-trim");
        var unread = new Dictionary<TopicPartition, (long High, long Since)>();
        while (!ended.WaitOne(200))
        {
            try
            {
                foreach (var topic in Topics.All)
                {
                    var partitions = Enumerable.Range(0, topic.Partitions).Select(partition => new TopicPartition(topic.Name, partition)).ToList();
                    if (topic.ConsumerGroups.Length == 0)
                    {
                        foreach (var partition in partitions) TrimUnread(kafka, watermarks, partition, unread);
                        continue;
                    }

                    if (!topic.ConsumerGroups.All(groups.ContainsKey)) continue;
                    var lowest = topic.ConsumerGroups
                        .SelectMany(group => groups[group].Committed(partitions, TimeSpan.FromSeconds(2)))
                        .GroupBy(committed => committed.TopicPartition)
                        .Select(partition => (partition.Key, Offset: partition.Min(committed => committed.Offset.Value)));
                    foreach (var (partition, offset) in lowest.Where(low => low.Offset > 0)) kafka.Trim(topic.Name, partition.Partition.Value, offset);
                }
            }
            catch (KafkaException busy)
            {
                Console.Error.WriteLine($"trimming waits: {busy.Error.Reason}");
            }
        }
    }

    private static void TrimUnread(InMemoryKafka kafka, IConsumer<Ignore, Ignore> watermarks, TopicPartition partition, Dictionary<TopicPartition, (long High, long Since)> unread)
    {
        var seen = unread.GetValueOrDefault(partition, (0, Stopwatch.GetTimestamp()));
        if (Stopwatch.GetElapsedTime(seen.Since) < TimeSpan.FromSeconds(5)) { unread[partition] = seen; return; }
        if (seen.High > 0) kafka.Trim(partition.Topic, partition.Partition.Value, seen.High);
        unread[partition] = (watermarks.QueryWatermarkOffsets(partition, TimeSpan.FromSeconds(2)).High.Value, Stopwatch.GetTimestamp());
    }

    private static IConsumer<Ignore, Ignore> Client(string servers, string group) => new ConsumerBuilder<Ignore, Ignore>(new ConsumerConfig
    {
        BootstrapServers = servers,
        GroupId = group,
        EnableAutoCommit = false,
    }).Build();

    /// <summary>Reads "+PID" and "-PID" lines; at the end of its input it ends what is left, politely and then not.</summary>
    private static void Guard()
    {
        using var ignoreTerm = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => context.Cancel = true);
        using var ignoreInt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => context.Cancel = true);
        using var ignoreHup = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => context.Cancel = true);
        var children = new Dictionary<int, Process>();
        while (Console.In.ReadLine() is { } line)
        {
            var pid = int.Parse(line.AsSpan(1), CultureInfo.InvariantCulture);
            if (line[0] == '-') children.Remove(pid);
            else if (Find(pid) is { } child) children[pid] = child;
        }

        foreach (var pid in children.Keys) _ = Kill(pid, 2);
        var deadline = Stopwatch.StartNew();
        foreach (var child in children.Values)
        {
            var left = Grace - deadline.Elapsed;
            if (left > TimeSpan.Zero && child.WaitForExit(left)) continue;
            child.Kill(entireProcessTree: true);
        }
    }

    private static Process? Find(int pid)
    {
        try
        {
            return Process.GetProcessById(pid);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    /// <summary>2 is SIGINT: PostgreSQL's fast shutdown, and a clean stop for .NET and Java alike.</summary>
    internal static void Interrupt(int pid) => _ = Kill(pid, 2);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int pid, int signal);
}
