using PayFlow.Benchmarks.Figures;

namespace PayFlow.Benchmarks;

/// <summary>Figures that share one start of the product.</summary>
/// <param name="IsQuick">Whether <c>--quick</c> measures it too; the others only by name, or in the whole run.</param>
/// <param name="Setting">What of the product's configuration is set otherwise for these figures, which then say so;
/// NAME=VALUE, several with a space between.</param>
/// <param name="Scales">Those of the <c>pgbench</c> that runs before and after.</param>
internal sealed record Group(string Name, int Payers, int Payees, bool IsQuick, Func<Run, Task<IReadOnlyList<Figure>>> MeasureAsync, string? Setting = null, params IReadOnlyList<int> Scales)
{
    /// <summary>Whether the whole run leaves it out: it needs another build.</summary>
    public bool IsOnlyByName { get; init; }

    public static readonly IReadOnlyList<Group> All =
    [
        // Those first that need the services alone, so that all is compiled when the whole path is measured.
        new("intake", 500, 500, true, Intake.MeasureAsync, Scales: [Pgbench.Spread]),
        new("ledger", 500, 500, true, Ledger.MeasureAsync, Scales: [Pgbench.Spread, Pgbench.Hot]),
        new("whole-path", 500, 500, true, WholePath.MeasureAsync, Scales: [Pgbench.Spread]),
        new("latency", 500, 500, true, Latency.MeasureAsync),
        new("screen", 10, 10, false, Screen.MeasureAsync),
        new("memory", 500, 500, false, Memory.MeasureAsync),
        new("history", 1000, 10, false, History.MeasureAsync),
        new("scenarios", 500, 500, false, Scenarios.MeasureAsync),
        new("sign-in-storm", 10, 10, false, SignInStorm.MeasureAsync),
        new("telemetry", 1000, 1000, false, TelemetryCost.MeasureAsync, TelemetryCost.None),
        new("pair", 1000, 1000, false, TwoBuilds.MeasureAsync) { IsOnlyByName = true },
        new("wrong-passwords", 10, 10, false, WrongPasswords.MeasureAsync, WrongPasswords.Setting),
    ];
}

/// <param name="Window">How long each figure is measured, after its warm-up.</param>
/// <param name="Json">The file that takes the figures.</param>
/// <param name="Markdown">The file that takes the table.</param>
/// <param name="Brokers">The Apache Kafka of each run, or null for the in-memory one.</param>
/// <param name="Starts">The groups by start of the product. In the whole run each has fresh data, so that what one leaves behind does not slow the next one down.</param>
internal sealed record Options(TimeSpan Window, TimeSpan PgbenchWindow, string? Json, string? Markdown, IReadOnlyList<string?> Brokers, IReadOnlyList<IReadOnlyList<Group>> Starts)
{
    public static readonly string Usage = $"""
        PayFlow.Benchmarks [--quick] [--json FILE] [--markdown FILE] [GROUP …]

          --quick          15 s instead of 45 s a figure, on the in-memory broker, in one start: {string.Join(", ", Group.All.Where(group => group.IsQuick).Select(group => group.Name))}
          --json FILE      writes the figures there as well
          --markdown FILE  writes the table there as well
          GROUP            only these: {string.Join(", ", Group.All.Select(group => group.Name))}

        With KAFKA_HOME set, every figure is measured on that Apache Kafka too.
        """;

    public static Options? Parse(string[] args)
    {
        var quick = false;
        string? json = null, markdown = null;
        var groups = new List<Group>();
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
                case "--markdown" when i + 1 < args.Length:
                    markdown = args[++i];
                    break;
                case var name when Group.All.FirstOrDefault(group => group.Name == name) is { } group:
                    groups.Add(group);
                    break;
                default:
                    return null;
            }
        }

        var kafkaHome = Environment.GetEnvironmentVariable("KAFKA_HOME");
        if (groups.Count == 0) groups.AddRange(Group.All.Where(group => group.IsQuick || (!quick && !group.IsOnlyByName)));
        var together = quick ? groups.Where(group => group.IsQuick).ToList() : [];
        IEnumerable<IReadOnlyList<Group>> starts = groups.Except(together).Select(group => (IReadOnlyList<Group>)[group]);
        if (together.Count > 0) starts = starts.Prepend(together);
        return new Options(TimeSpan.FromSeconds(quick ? 15 : 45), TimeSpan.FromSeconds(15), json, markdown, quick || string.IsNullOrEmpty(kafkaHome) ? [null] : [null, kafkaHome], [.. starts]);
    }
}
