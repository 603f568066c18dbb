namespace PayFlow.EndToEnd.Tests;

[Collection(ApacheKafkaCollection.Name)]
public sealed class AuditTestsOnApacheKafka(OnApacheKafka payflow) : AuditTests(payflow.OrSkip());
