using Confluent.Kafka;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using PayFlow.ServiceDefaults.Connections;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Messaging;

namespace PayFlow.EndToEnd.Tests;

/// <summary>Looks at the broker from outside, and puts messages on it that no service sent.</summary>
public sealed class Broker(RunningPayFlow payflow, string? servers = null) : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private readonly KafkaConnection _connection = Connection(payflow, servers);

    private readonly IProducer<string, byte[]> _producer = new ProducerBuilder<string, byte[]>(
        Connection(payflow, servers).ApplyTo(new ProducerConfig { Acks = Acks.All, AllowAutoCreateTopics = false })
    )
        .SetLogHandler((_, _) => { })
        .Build();

    private readonly MessageMacs _macs = Macs(payflow);

    /// <summary>As the services sign: with the running product's own keys.</summary>
    public Task PublishAsync(IEnumerable<OutgoingMessage> messages) =>
        Task.WhenAll(
            messages.Select(message =>
                _producer.ProduceAsync(
                    message.Topic,
                    KafkaClients.ToKafka(message, _macs),
                    TestContext.Current.CancellationToken
                )
            )
        );

    /// <summary>Asserts that every group has committed all there is: the services have caught up.</summary>
    /// <returns>How many messages that were.</returns>
    public long AllRead()
    {
        var all = 0L;
        var inMemory = !payflow.IsApacheKafka;
        var identity = inMemory ? Identity() : "";
        foreach (
            var group in Topics
                .All.SelectMany(topic => topic.ConsumerGroups)
                .Where(group => group != Topics.Untrimmed)
                .Distinct(StringComparer.Ordinal)
        )
        {
            using var consumer = new ConsumerBuilder<Ignore, Ignore>(
                _connection.ApplyTo(
                    new ConsumerConfig
                    {
                        GroupId = inMemory ? Topics.GroupOnInMemoryBroker(group, identity) : group,
                        EnableAutoCommit = false,
                        AllowAutoCreateTopics = false,
                    }
                )
            ).Build();
            var partitions = Topics
                .All.Where(topic => topic.ConsumerGroups.Contains(group, StringComparer.Ordinal))
                .SelectMany(topic =>
                    Enumerable.Range(0, topic.Partitions).Select(partition => new TopicPartition(topic.Name, partition))
                );
            foreach (var committed in consumer.Committed(partitions, Timeout))
            {
                var high = consumer.QueryWatermarkOffsets(committed.TopicPartition, Timeout).High.Value;
                Assert.True(
                    high == 0 || committed.Offset.Value == high,
                    $"{group} has read {committed.TopicPartition} to {committed.Offset} of {high}"
                );
                all += high;
            }
        }

        return all;
    }

    /// <summary>Whether it answers, with the topics of the product on it.</summary>
    public bool IsUp()
    {
        try
        {
            using var admin = new DependentAdminClientBuilder(_producer.Handle).Build();
            return admin
                .GetMetadata(Timeout)
                .Topics.Any(topic => topic.Topic == TransactionInitiated.TopicName && !topic.Error.IsError);
        }
        catch (KafkaException)
        {
            return false;
        }
    }

    /// <summary>What signs as Accounts and Transactions do.</summary>
    public static MessageMacs Macs(RunningPayFlow payflow) =>
        new(
            new ConfigurationBuilder()
                .AddInMemoryCollection([
                    new("MessageKeys:Ledger", payflow.Secret("ledger-message-key")),
                    new("MessageKeys:Notifications", payflow.Secret("notification-message-key")),
                    new("MessageKeys:Live", payflow.Secret("live-message-key")),
                ])
                .Build(),
            Options.Create(new MessagingOptions { Service = Topics.Accounts }),
            TimeProvider.System
        );

    private static KafkaConnection Connection(RunningPayFlow payflow, string? servers) =>
        servers is null ? payflow.KafkaAs(BrokerAccess.Administrator) : KafkaConnection.Parse(servers);

    private string Identity()
    {
        using var reader = new ConsumerBuilder<string, byte[]>(
            _connection.ApplyTo(new ConsumerConfig { GroupId = "test", EnableAutoCommit = false })
        ).Build();
        return BrokerIdentity.Read(reader)!;
    }

    public void Dispose() => _producer.Dispose();
}
