namespace PayFlow.Benchmarks;

/// <summary>One measured value.</summary>
/// <param name="Name">Its stable name; on Apache Kafka it ends with <c>-kafka</c>.</param>
/// <param name="Bar">What it must not exceed, where there is such a bar.</param>
internal sealed record Figure(string Name, double Value, string Unit, string Broker, double? Bar = null);
