using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PayFlow.ServiceDefaults.Connections;
using PayFlow.ServiceDefaults.Contracts;

namespace PayFlow.ServiceDefaults.Messaging;

/// <summary>Creates producers and consumers with measured settings, and creates missing topics.</summary>
public sealed class KafkaClients(
    IConfiguration configuration,
    IOptions<MessagingOptions> options,
    ILoggerFactory loggers
)
{
    private const string TimeFormat = "O";

    // Headers with the same value in every message, or in every message of a topic.
    private static readonly IHeader SpecVersion = new Header("ce_specversion", "1.0"u8.ToArray());
    private static readonly IHeader Source = new Header("ce_source", "payflow"u8.ToArray());
    private static readonly IHeader ContentType = new Header("content-type", "application/json"u8.ToArray());
    private static readonly ConcurrentDictionary<string, IHeader> Types = new(StringComparer.Ordinal);

    private readonly KafkaConnection _connection = configuration.RequiredKafka();

    internal static void Configure(ProducerConfig config)
    {
        config.Acks = Acks.All;
        // Without idempotent production a retry may reorder messages, which every consumer tolerates. With it, a broker
        // that returns as a new one would leave the producer in a fatal state.
        config.EnableIdempotence = false;
        config.LingerMs = 0;
        config.MessageTimeoutMs = 10_000;
        config.QueueBufferingMaxMessages = 500_000;
        // Delivery reports need no copy of the message: the sender has it.
        config.DeliveryReportFields = "none";
        config.SocketNagleDisable = true;
        config.ReconnectBackoffMs = 50;
        config.ReconnectBackoffMaxMs = 1_000;
        config.AllowAutoCreateTopics = false;
    }

    /// <summary>
    /// A consumer in a group. Offsets are stored by the caller after its commit and sent in the background.
    /// </summary>
    internal IConsumer<string, byte[]> NewGroupConsumer(string group, Action<bool> assigned)
    {
        var config = Common(options.Value.InMemoryFetchWait);
        config.GroupId = group;
        config.GroupProtocol = GroupProtocol.Consumer;
        // Each replica gets the same partitions of every topic, so one replica reads all events of a transaction.
        config.GroupRemoteAssignor = "range";
        config.AutoOffsetReset = AutoOffsetReset.Earliest;
        config.EnableAutoOffsetStore = false;
        config.EnableAutoCommit = true;
        config.AutoCommitIntervalMs = 150;
        return new ConsumerBuilder<string, byte[]>(config)
            .SetLogHandler(loggers.LogKafka)
            .SetPartitionsAssignedHandler((_, partitions) => assigned(true))
            .SetPartitionsRevokedHandler((_, partitions) => assigned(true))
            .Build();
    }

    /// <summary>A consumer without a group that assigns its own partitions and commits nothing.</summary>
    /// <param name="delay">How often it polls the in-memory broker; without effect on Apache Kafka.</param>
    public IConsumer<string, byte[]> NewReader(TimeSpan? delay = null)
    {
        var config = Common(delay ?? TimeSpan.FromMilliseconds(100));
        config.GroupId = Topics.ReaderGroup;
        config.EnableAutoCommit = false;
        config.EnableAutoOffsetStore = false;
        // Headers cost ten times the rest of a message. Readers need none: their MAC is in the body.
        config.ConsumeResultFields = "topic,timestamp";
        // Messages dropped before they were read are an error, so that the reader starts again.
        config.AutoOffsetReset = AutoOffsetReset.Error;
        return new ConsumerBuilder<string, byte[]>(config).SetLogHandler(loggers.LogKafka).Build();
    }

    internal static Message<string, byte[]> ToKafka(OutgoingMessage message, MessageMacs macs)
    {
        var sent = macs.Seal(message);
        return new Message<string, byte[]>
        {
            Key = sent.Key,
            Value = sent.Body,
            Headers = ToHeaders(sent, macs.Sign(sent)),
        };
    }

    /// <summary>Converts a record to a message; its id is "" without CloudEvents headers.</summary>
    public static ConsumedMessage FromKafka(ConsumeResult<string, byte[]> record)
    {
        var headers = record.Message.Headers;
        return new ConsumedMessage
        {
            Topic = record.Topic,
            Partition = record.Partition,
            Offset = record.Offset,
            Key = record.Message.Key ?? "",
            Id = Header(headers, "ce_id") ?? "",
            Time =
                Header(headers, "ce_time") is { } told
                && DateTimeOffset.TryParseExact(
                    told,
                    TimeFormat,
                    CultureInfo.InvariantCulture,
                    DateTimeStyles.AssumeUniversal,
                    out var time
                )
                    ? time
                    : new DateTimeOffset(record.Message.Timestamp.UtcDateTime, TimeSpan.Zero),
            TraceParent = Header(headers, "traceparent"),
            Mac = Header(headers, MessageMacs.Header) ?? "",
            Body = record.Message.Value ?? [],
        };
    }

    /// <summary>Creates this service's missing topics. The in-memory broker starts with all topics.</summary>
    internal async Task EnsureTopicsAsync(CancellationToken cancellationToken)
    {
        using var admin = new AdminClientBuilder(_connection.ApplyTo(new AdminClientConfig()))
            .SetLogHandler(loggers.LogKafka)
            .Build();
        var present = await Task.Run(() => admin.GetMetadata(TimeSpan.FromSeconds(5)), cancellationToken);
        var known = present
            .Topics.Where(topic => !topic.Error.IsError)
            .Select(topic => topic.Topic)
            .ToHashSet(StringComparer.Ordinal);
        var missing = Topics
            .All.Where(topic =>
                topic.Writers.Contains(options.Value.Service, StringComparer.Ordinal)
                || topic.IsReadBy(options.Value.Service)
            )
            .Where(topic => !known.Contains(topic.Name))
            .Select(topic => new TopicSpecification
            {
                Name = topic.Name,
                NumPartitions = topic.Partitions,
                ReplicationFactor = options.Value.ReplicationFactor,
                Configs =
                    topic.Name == Topics.BrokerIdentity
                        ? new Dictionary<string, string>(StringComparer.Ordinal) { ["retention.ms"] = "-1" }
                        : null,
            })
            .ToList();
        if (missing.Count == 0)
            return;
        try
        {
            await admin.CreateTopicsAsync(missing);
        }
        catch (CreateTopicsException raced)
            when (raced.Results.TrueForAll(result =>
                    result.Error.Code is ErrorCode.NoError or ErrorCode.TopicAlreadyExists
                )
            )
        {
            // Another service created them at the same time.
        }
    }

    private ConsumerConfig Common(TimeSpan delay) =>
        _connection.ApplyTo(
            new ConsumerConfig
            {
                // The in-memory broker answers a fetch only when its wait is over.
                FetchWaitMaxMs = options.Value.InMemoryBroker ? (int)delay.TotalMilliseconds : 500,
                FetchMinBytes = 1,
                // A full queue otherwise stops fetching for a second.
                FetchQueueBackoffMs = 5,
                FetchErrorBackoffMs = 50,
                SocketNagleDisable = true,
                ReconnectBackoffMs = 50,
                ReconnectBackoffMaxMs = 1_000,
                TopicMetadataRefreshFastIntervalMs = 100,
                AllowAutoCreateTopics = false,
            }
        );

    private static Headers ToHeaders(OutgoingMessage message, byte[]? mac)
    {
        var headers = new Headers
        {
            SpecVersion,
            Source,
            ContentType,
            Types.GetOrAdd(message.Topic, static topic => new Header("ce_type", Encoding.UTF8.GetBytes(topic))),
            { "ce_id", Encoding.UTF8.GetBytes(message.Id) },
            {
                "ce_time",
                Encoding.UTF8.GetBytes(message.Time.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture))
            },
        };
        if (message.TraceParent is { } trace)
            headers.Add("traceparent", Encoding.UTF8.GetBytes(trace));
        if (mac is not null)
            headers.Add(MessageMacs.Header, mac);
        return headers;
    }

    private static string? Header(Headers? headers, string name) =>
        headers is not null && headers.TryGetLastBytes(name, out var bytes) ? Encoding.UTF8.GetString(bytes) : null;
}
