using Confluent.Kafka;
using PayFlow.AppHost.Embedded;
using PayFlow.ServiceDefaults.Contracts;

namespace PayFlow.AppHost.Tests;

/// <summary>
/// What the in-memory broker calls itself: its readers' groups are named by it, so the broker must know what they know.
/// </summary>
public sealed class BrokerIdentityTests
{
    [Fact]
    public async Task A_service_that_waited_for_a_broker_and_is_faster_gives_it_the_identity_that_counts()
    {
        await using var kafka = InMemoryKafka.Start(
            new InMemoryKafkaOptions(
                Topics: new Dictionary<string, int>(StringComparer.Ordinal) { [Topics.BrokerIdentity] = 1 }
            )
        );
        using (
            var service = new ProducerBuilder<string, byte[]>(
                new ProducerConfig { BootstrapServers = kafka.BootstrapServers }
            ).Build()
        )
        {
            await service.ProduceAsync(
                Topics.BrokerIdentity,
                new Message<string, byte[]> { Key = "the service's", Value = [] },
                TestContext.Current.CancellationToken
            );
        }

        Assert.Equal("the service's", InMemoryKafkaProcess.GiveIdentity(kafka.BootstrapServers));
        Assert.Equal("the service's", InMemoryKafkaProcess.GiveIdentity(kafka.BootstrapServers));
    }
}
