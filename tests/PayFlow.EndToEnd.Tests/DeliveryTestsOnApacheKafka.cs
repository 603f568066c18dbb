namespace PayFlow.EndToEnd.Tests;

[Collection(ApacheKafkaCollection.Name)]
public sealed class DeliveryTestsOnApacheKafka(OnApacheKafka payflow) : DeliveryTests(payflow.OrSkip());
