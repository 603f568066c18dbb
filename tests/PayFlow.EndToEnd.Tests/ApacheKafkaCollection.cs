namespace PayFlow.EndToEnd.Tests;

[CollectionDefinition(Name)]
public sealed class ApacheKafkaCollection : ICollectionFixture<OnApacheKafka>
{
    public const string Name = "on Apache Kafka";
}
