namespace PayFlow.EndToEnd.Tests;

[Collection(ApacheKafkaCollection.Name)]
public sealed class TransferTestsOnApacheKafka(OnApacheKafka payflow) : TransferTests(payflow.OrSkip());
