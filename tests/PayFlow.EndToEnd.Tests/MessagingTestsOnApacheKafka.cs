namespace PayFlow.EndToEnd.Tests;

[Collection(ApacheKafkaCollection.Name)]
public sealed class MessagingTestsOnApacheKafka(OnApacheKafka payflow) : MessagingTests(payflow.OrSkip());
