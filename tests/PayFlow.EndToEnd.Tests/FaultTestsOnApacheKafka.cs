namespace PayFlow.EndToEnd.Tests;

[Collection(ApacheKafkaCollection.Name)]
public sealed class FaultTestsOnApacheKafka(OnApacheKafka payflow) : FaultTests(payflow.OrSkip());
