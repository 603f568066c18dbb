namespace PayFlow.EndToEnd.Tests;

/// <summary>Tests of the product on Apache Kafka run one after the other: some stop a part of it.</summary>
[CollectionDefinition(Name)]
public sealed class ApacheKafkaCollection : ICollectionFixture<Alone<OnApacheKafka>>
{
    public const string Name = "on Apache Kafka";
}
