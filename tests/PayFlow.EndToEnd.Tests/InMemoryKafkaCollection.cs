namespace PayFlow.EndToEnd.Tests;

/// <summary>
/// Tests that break a part of the product, stop it, or read a figure of the whole product. They run one after the
/// other, and no other test uses the product meanwhile.
/// </summary>
[CollectionDefinition(Name)]
public sealed class InMemoryKafkaCollection : ICollectionFixture<Alone<OnInMemoryKafka>>
{
    public const string Name = "on the in-memory Kafka, alone";
}
