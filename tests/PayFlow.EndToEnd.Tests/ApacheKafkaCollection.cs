namespace PayFlow.EndToEnd.Tests;

/// <summary>
/// Tests of the product on Apache Kafka run one after the other: some stop a part of it. The product ends with them,
/// because an idle one takes a sixth of a processor from the tests that follow.
/// </summary>
[CollectionDefinition(Name)]
public sealed class ApacheKafkaCollection : ICollectionFixture<OnApacheKafka>
{
    public const string Name = "on Apache Kafka";
}
