namespace PayFlow.EndToEnd.Tests;

/// <summary>Tests of a collection share one running product, one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class InMemoryKafkaCollection : ICollectionFixture<OnInMemoryKafka>
{
    public const string Name = "on the in-memory Kafka";
}
