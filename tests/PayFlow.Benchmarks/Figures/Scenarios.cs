using PayFlow.Benchmarks.Load;
using PayFlow.Benchmarks.Product;

namespace PayFlow.Benchmarks.Figures;

/// <summary>
/// The loads of <c>deploy/load</c> without k6, shorter, and in parts of the most that the path does here. What was
/// accepted must end, what is turned away must be told so, and the last phase is what the latency is of: after a spike
/// all is as before.
/// </summary>
internal static class Scenarios
{
    private const double BytesPerMiB = 1024 * 1024;

    private static readonly IReadOnlyList<(string Name, IReadOnlyList<Phase> Phases)> All =
    [
        ("smoke", [new(0.02, 1)]),
        ("load", [new(0.5, 2)]),
        ("stress", [new(0.5, 1), new(1, 1), new(1.5, 1), new(2, 1)]),
        ("spike", [new(0.1, 1), new(3, 0.5), new(0.1, 1)]),
        ("soak", [new(0.5, 40)]),
    ];

    /// <param name="OfMost">The rate as a part of the most.</param>
    /// <param name="Windows">How long it lasts, in windows of the run.</param>
    private sealed record Phase(double OfMost, double Windows);

    public static async Task<IReadOnlyList<Figure>> MeasureAsync(Run run)
    {
        var most = await run.MaxThroughputAsync();
        var figures = new List<Figure>();
        foreach (var (name, phases) in All)
            figures.AddRange(await MeasureAsync(run, name, phases, most));
        return figures;
    }

    private static async Task<IReadOnlyList<Figure>> MeasureAsync(
        Run run,
        string name,
        IReadOnlyList<Phase> phases,
        double most
    )
    {
        var before = ProcessUse.Resident(run.Payflow);
        var (accepted, turnedAway, postP99) = (0L, 0L, 0.0);
        foreach (var phase in phases)
        {
            // Tokens are good for minutes, so a long phase is several loads.
            for (var left = phase.Windows; left > 0; left--)
            {
                await run.People.RefreshAsync(run.Payflow);
                var connections = phase.OfMost > 1 ? 4 * Run.Clients : Run.Clients;
                var load = await OpenLoop.RunAsync(
                    run.Gateway.Address,
                    Payments.Spread(run.Gateway.Path, Run.NewKeys(), run.People),
                    phase.OfMost * most,
                    connections,
                    TimeSpan.Zero,
                    Math.Min(left, 1) * run.Window
                );
                load.MustAllBeAcceptedOrTurnedAway();
                accepted += load.Count(202);
                turnedAway += load.Count(429);
                postP99 = load.Posted.GetValueAtPercentile(99) / 1000.0;
            }
        }

        await run.DrainAsync();
        var growth = ProcessUse
            .Resident(run.Payflow)
            .ToDictionary(
                part => part.Key,
                part => (part.Value - before[part.Key]) / BytesPerMiB,
                StringComparer.Ordinal
            );
        await Console.Error.WriteLineAsync(
            $"  {name}: {accepted} payments ended, {turnedAway} turned away, POST p99 at the end {postP99:0.0} ms; "
                + $"grew by {string.Join(", ", growth.Select(part => $"{part.Key} {part.Value:0}"))} MiB"
        );
        return
        [
            Of($"{name}-ended", accepted, "payments"),
            Of($"{name}-turned-away", turnedAway, "payments"),
            Of($"{name}-post-p99", postP99, "ms"),
            Of($"{name}-memory-growth", RunningPayFlow.Services.Sum(service => growth[service]), "MiB"),
        ];

        Figure Of(string figure, double value, string unit) =>
            new(figure + run.Payflow.Suffix, value, unit, run.Payflow.Broker);
    }
}
