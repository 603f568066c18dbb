namespace PayFlow.AppHost.Embedded;

/// <param name="Port">First fixed port (broker i listens on Port+i-1); 0 = let the kernel choose.</param>
internal sealed record InMemoryKafkaOptions(
    int Brokers = 1,
    int Port = 0,
    int DefaultPartitions = 8,
    int GroupInitialRebalanceDelayMs = 200,
    int ConsumerHeartbeatMs = 300,
    int ConsumerSessionTimeoutMs = 6000,
    IReadOnlyDictionary<string, int>? Topics = null
);
