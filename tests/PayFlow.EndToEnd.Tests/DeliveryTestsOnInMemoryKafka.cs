namespace PayFlow.EndToEnd.Tests;

[Collection(InMemoryKafkaCollection.Name)]
public sealed class DeliveryTestsOnInMemoryKafka(OnInMemoryKafka payflow) : DeliveryTests(payflow);
