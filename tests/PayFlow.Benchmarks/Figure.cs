namespace PayFlow.Benchmarks;

/// <summary>One measured value.</summary>
/// <param name="Name">Its stable name; on Apache Kafka it ends with <c>-kafka</c>.</param>
/// <param name="Pgbench">The yardstick of the same run in transactions a second, where the value is compared with it.</param>
/// <param name="Ratio">What the value is compared with, told by <paramref name="Bar"/>; null where it stands for itself.</param>
/// <param name="Bar">What it must reach, in words.</param>
internal sealed record Figure(string Name, double Value, string Unit, string Broker, double? Pgbench = null, double? Ratio = null, string Bar = "")
{
    /// <summary>Transfers a second against the yardstick.</summary>
    public static Figure Against(double pgbench, string name, double perSecond, string broker, string bar = "") => new(name, perSecond, "/s", broker, pgbench, perSecond / pgbench, bar);
}
