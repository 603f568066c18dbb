namespace PayFlow.EndToEnd.Tests;

public sealed class TransferTestsOnInMemoryKafka(OnInMemoryKafka payflow)
    : TransferTests(payflow),
        IClassFixture<SharedInMemoryKafka>;
