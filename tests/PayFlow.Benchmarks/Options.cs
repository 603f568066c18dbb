namespace PayFlow.Benchmarks;

/// <param name="Window">How long each figure is measured, after its warm-up.</param>
/// <param name="Json">The file that takes the figures.</param>
/// <param name="Brokers">The Apache Kafka of each run, or null for the in-memory one.</param>
/// <param name="Storm">Measure payments while passwords are tried in numbers, instead of at rest.</param>
internal sealed record Options(TimeSpan Window, string? Json, IReadOnlyList<string?> Brokers, bool Storm)
{
    public const string Usage = """
        PayFlow.Benchmarks [--quick] [--storm] [--json FILE]

          --quick      15 s instead of 60 s a figure, on the in-memory broker only
          --storm      payments while wrong passwords are tried in numbers, instead of at rest
          --wrong-passwords  alone: ten thousand of them, what they cost others and what they tell
          --json FILE  writes the figures there as well

        With KAFKA_HOME set, every figure is measured on that Apache Kafka too.
        """;

    public static Options? Parse(string[] args)
    {
        var (quick, storm) = (false, false);
        string? json = null;
        for (var i = 0; i < args.Length; i++)
        {
            switch (args[i])
            {
                case "--quick":
                    quick = true;
                    break;
                case "--storm":
                    storm = true;
                    break;
                case "--json" when i + 1 < args.Length:
                    json = args[++i];
                    break;
                default:
                    return null;
            }
        }

        var kafkaHome = Environment.GetEnvironmentVariable("KAFKA_HOME");
        return new Options(TimeSpan.FromSeconds(quick ? 15 : 60), json, quick || string.IsNullOrEmpty(kafkaHome) ? [null] : [null, kafkaHome], storm);
    }
}
