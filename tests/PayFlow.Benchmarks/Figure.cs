namespace PayFlow.Benchmarks;

/// <summary>One measured value.</summary>
/// <param name="Name">Its stable name; on Apache Kafka it ends with <c>-kafka</c>.</param>
/// <param name="Scale">That of the <c>pgbench</c> which the value stands beside, where it does.</param>
/// <param name="Ratio">
/// What the value is compared with, told by <paramref name="Bar"/>; otherwise, and beside <c>pgbench</c>, its multiple
/// of that.
/// </param>
/// <param name="Bar">What it must reach, in words.</param>
/// <param name="Pgbench">
/// The yardstick of the same run in transactions a second, known once it was measured again after the figures.
/// </param>
internal sealed record Figure(
    string Name,
    double Value,
    string Unit,
    string Broker,
    int? Scale = null,
    double? Ratio = null,
    string Bar = "",
    double? Pgbench = null
)
{
    public Figure Beside(Pgbench pgbench) =>
        Scale is { } scale
            ? this with
            {
                Pgbench = pgbench.Best(scale),
                Ratio = Ratio ?? Value / pgbench.Best(scale),
            }
            : this;
}
