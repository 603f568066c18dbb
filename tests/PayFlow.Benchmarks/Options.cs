namespace PayFlow.Benchmarks;

/// <param name="Window">How long each figure is measured, after its warm-up.</param>
/// <param name="Json">The file that takes the figures.</param>
/// <param name="Brokers">The Apache Kafka of each run, or null for the in-memory one.</param>
internal sealed record Options(TimeSpan Window, string? Json, IReadOnlyList<string?> Brokers)
{
    public const string Usage = """
        PayFlow.Benchmarks [--quick] [--json FILE]

          --quick      15 s instead of 60 s a figure, on the in-memory broker only
          --json FILE  writes the figures there as well

        With KAFKA_HOME set, every figure is measured on that Apache Kafka too.
        """;

    public static Options? Parse(string[] args)
    {
        var quick = false;
        string? json = null;
        for (var i = 0; i < args.Length; i++)
        {
            switch (args[i])
            {
                case "--quick":
                    quick = true;
                    break;
                case "--json" when i + 1 < args.Length:
                    json = args[++i];
                    break;
                default:
                    return null;
            }
        }

        var kafkaHome = Environment.GetEnvironmentVariable("KAFKA_HOME");
        return new Options(TimeSpan.FromSeconds(quick ? 15 : 60), json, quick || string.IsNullOrEmpty(kafkaHome) ? [null] : [null, kafkaHome]);
    }
}
