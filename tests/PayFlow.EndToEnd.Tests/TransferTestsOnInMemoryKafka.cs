namespace PayFlow.EndToEnd.Tests;

[Collection(InMemoryKafkaCollection.Name)]
public sealed class TransferTestsOnInMemoryKafka(OnInMemoryKafka payflow) : TransferTests(payflow);
