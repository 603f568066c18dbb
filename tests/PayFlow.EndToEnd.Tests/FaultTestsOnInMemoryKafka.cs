namespace PayFlow.EndToEnd.Tests;

[Collection(InMemoryKafkaCollection.Name)]
public sealed class FaultTestsOnInMemoryKafka(OnInMemoryKafka payflow) : FaultTests(payflow);
