namespace PayFlow.EndToEnd.Tests;

public sealed class OnInMemoryKafka() : RunningPayFlow(apacheKafka: false);
