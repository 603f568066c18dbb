namespace PayFlow.Benchmarks;

/// <param name="Window">How long each figure is measured, after its warm-up.</param>
/// <param name="Json">The file that takes the figures.</param>
/// <param name="Markdown">The file that takes the table.</param>
/// <param name="Brokers">The Apache Kafka of each run, or null for the in-memory one.</param>
/// <param name="Starts">
/// The groups by start of the product. In the whole run each has fresh data, so that what one leaves behind does not
/// slow the next one down.
/// </param>
internal sealed record Options(
    TimeSpan Window,
    TimeSpan PgbenchWindow,
    string? Json,
    string? Markdown,
    IReadOnlyList<string?> Brokers,
    IReadOnlyList<IReadOnlyList<Group>> Starts
)
{
    public static readonly string Usage = $"""
        PayFlow.Benchmarks [--quick] [--json FILE] [--markdown FILE] [GROUP …]

          --quick          15 s instead of 45 s a figure, on the in-memory broker, in one start: {string.Join(
            ", ",
            Group.All.Where(group => group.IsQuick).Select(group => group.Name)
        )}
          --json FILE      writes the figures there as well
          --markdown FILE  writes the table there as well
          GROUP            only these: {string.Join(", ", Group.All.Select(group => group.Name))}

        With KAFKA_HOME set, every figure is measured on that Apache Kafka too.
        """;

    public static Options? Parse(string[] args)
    {
        var quick = false;
        string? json = null,
            markdown = null;
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
        if (groups.Count == 0)
            groups.AddRange(Group.All.Where(group => group.IsQuick || (!quick && !group.IsOnlyByName)));
        var together = quick ? groups.Where(group => group.IsQuick).ToList() : [];
        IEnumerable<IReadOnlyList<Group>> starts = groups
            .Except(together)
            .Select(group => (IReadOnlyList<Group>)[group]);
        if (together.Count > 0)
            starts = starts.Prepend(together);
        return new Options(
            TimeSpan.FromSeconds(quick ? 15 : 45),
            TimeSpan.FromSeconds(15),
            json,
            markdown,
            quick || string.IsNullOrEmpty(kafkaHome) ? [null] : [null, kafkaHome],
            [.. starts]
        );
    }
}
