using System.Text;
using Confluent.Kafka;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Messaging;

namespace PayFlow.EndToEnd.Tests;

/// <summary>
/// On Apache Kafka each service is a user of its own and may do what its list says; nobody else may do anything.
/// </summary>
[Collection(ApacheKafkaCollection.Name)]
public sealed class BrokerAccessTests(OnApacheKafka fixture) : ForgedMessages(fixture)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private readonly OnApacheKafka _payflow = fixture.OrSkip();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_user_writes_to_its_own_topics_and_to_no_other()
    {
        foreach (var service in BrokerAccess.Services)
        {
            using var producer = Producer(service);
            foreach (var topic in Topics.All.Where(topic => !topic.Writers.Contains(service, StringComparer.Ordinal)))
            {
                var refused = await Assert.ThrowsAnyAsync<KafkaException>(() =>
                    producer.ProduceAsync(topic.Name, new Message<string, byte[]> { Key = "k", Value = [] }, Cancel)
                );
                Assert.True(
                    refused.Error.Code == ErrorCode.TopicAuthorizationFailed,
                    $"{service} to {topic.Name}: {refused.Error}"
                );
            }
        }
    }

    [Fact]
    public void A_user_reads_its_own_topics_and_no_other_and_in_its_own_groups_only()
    {
        foreach (var service in BrokerAccess.Services)
        {
            using var reader = Reader(service, Topics.ReaderGroup);
            foreach (var topic in Topics.All)
            {
                var place = new TopicPartition(topic.Name, 0);
                if (topic.IsReadBy(service))
                    reader.QueryWatermarkOffsets(place, Timeout);
                else if (!topic.Writers.Contains(service, StringComparer.Ordinal))
                    Assert.ThrowsAny<KafkaException>(() => reader.QueryWatermarkOffsets(place, Timeout));
            }

            foreach (
                var group in Topics
                    .All.SelectMany(topic => topic.ConsumerGroups)
                    .Where(group => group != Topics.Untrimmed && Topics.ServiceOf(group) != service)
                    .Distinct(StringComparer.Ordinal)
            )
            {
                using var intruder = Reader(service, group);
                Assert.ThrowsAny<KafkaException>(() =>
                    intruder.Committed([new TopicPartition(SessionRevoked.TopicName, 0)], Timeout)
                );
            }
        }
    }

    private string As(string mechanism, string user, string password) =>
        $"{_payflow.Kafka};security.protocol=SASL_PLAINTEXT;sasl.mechanism={mechanism}"
        + $";sasl.username={user};sasl.password={password}";

    [Fact]
    public async Task A_client_without_the_right_password_neither_reads_nor_writes()
    {
        foreach (
            var connection in new[]
            {
                _payflow.Kafka,
                As("SCRAM-SHA-512", "transactions", "wrong"),
                As("PLAIN", "admin", "wrong"),
                As("PLAIN", "transactions", _payflow.Secret("kafka-transactions")),
            }
        )
        {
            var config = ServiceDefaults
                .Connections.KafkaConnection.Parse(connection)
                .ApplyTo(new ProducerConfig { MessageTimeoutMs = 2000 });
            using var producer = new ProducerBuilder<string, byte[]>(config)
                .SetLogHandler((_, _) => { })
                .SetErrorHandler((_, _) => { })
                .Build();
            await Assert.ThrowsAnyAsync<KafkaException>(() =>
                producer.ProduceAsync(
                    TransactionInitiated.TopicName,
                    new Message<string, byte[]> { Key = "k", Value = Encoding.UTF8.GetBytes("{}") },
                    Cancel
                )
            );
            using var admin = new DependentAdminClientBuilder(producer.Handle).Build();
            Assert.ThrowsAny<KafkaException>(() => admin.GetMetadata(TimeSpan.FromSeconds(2)));
        }
    }

    [Fact]
    public Task A_forged_command_moves_no_money_whoever_may_write_it() => MovesNoMoneyAsync();

    private IProducer<string, byte[]> Producer(string user) => new ProducerBuilder<string, byte[]>(
            _payflow
                .KafkaAs(user)
                .ApplyTo(
                    new ProducerConfig
                    {
                        Acks = Acks.All,
                        AllowAutoCreateTopics = false,
                        MessageTimeoutMs = 10_000,
                    }
                )
        ).SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();

    private IConsumer<Ignore, Ignore> Reader(string user, string group) =>
        new ConsumerBuilder<Ignore, Ignore>(
            _payflow.KafkaAs(user).ApplyTo(new ConsumerConfig { GroupId = group, EnableAutoCommit = false })
        )
            .SetLogHandler((_, _) => { })
            .SetErrorHandler((_, _) => { })
            .Build();
}
