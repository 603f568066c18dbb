namespace PayFlow.EndToEnd.Tests;

public sealed class OnApacheKafka() : RunningPayFlow(apacheKafka: true), IAsyncLifetime
{
    public ValueTask InitializeAsync() => EnterAsync();

    /// <summary>
    /// Skips the test that asks where there is no Apache Kafka. A fixture cannot: its tests would fail.
    /// </summary>
    public OnApacheKafka OrSkip()
    {
        Assert.SkipWhen(KafkaHome is null, "KAFKA_HOME names no Apache Kafka: only the in-memory broker is tested.");
        return this;
    }
}
