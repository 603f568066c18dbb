namespace PayFlow.EndToEnd.Tests;

[Collection(InMemoryKafkaCollection.Name)]
public sealed class AuditTestsOnInMemoryKafka(OnInMemoryKafka payflow) : AuditTests(payflow);
