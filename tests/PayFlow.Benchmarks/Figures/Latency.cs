using System.Diagnostics;
using HdrHistogram;
using PayFlow.Benchmarks.Load;

namespace PayFlow.Benchmarks.Figures;

/// <summary>
/// How long a payment takes until its POST is answered, and until its end is published, at rest, at half of the most
/// that the path does, and at twice as much as that. Payments are due at a fixed rate, and one that has to wait for its
/// turn is late.
/// </summary>
internal static class Latency
{
    private const double AtRest = 10;

    public static async Task<IReadOnlyList<Figure>> MeasureAsync(Run run)
    {
        var payflow = run.Payflow;
        var figures = new List<Figure>();
        var most = await run.MaxThroughputAsync();
        await MeasureAsync(run, figures, "latency-idle", AtRest, 16, "p50 ≤ 3, p99 ≤ 10 ms", "p50 ≤ 15, p99 ≤ 40 ms");
        await MeasureAsync(run, figures, "latency-half", most / 2, Run.Clients, "p99 ≤ 40 ms", "p99 ≤ 60 ms");

        await run.People.RefreshAsync(payflow);
        var load = await OpenLoop.RunAsync(
            run.Gateway.Address,
            Payments.Spread(run.Gateway.Path, Run.NewKeys(), run.People),
            2 * most,
            4 * Run.Clients,
            TimeSpan.FromSeconds(3),
            run.Window
        );
        // Whatever was accepted must end.
        await run.DrainAsync();
        load.MustAllBeAcceptedOrTurnedAway();
        var under = await run.FinishedPerSecondAsync(load);
        figures.Add(
            new Figure(
                "overload" + payflow.Suffix,
                under,
                "/s",
                payflow.Broker,
                Ratio: under / most,
                Bar: "≥ 0.6 of the most"
            )
        );
        figures.Add(
            new Figure(
                "overload-turned-away" + payflow.Suffix,
                load.Count(429) / load.Window.TotalSeconds,
                "/s",
                payflow.Broker
            )
        );
        figures.Add(
            new Figure("overload-post-p99" + payflow.Suffix, Milliseconds(load.Posted, 99), "ms", payflow.Broker)
        );
        return figures;
    }

    private static async Task MeasureAsync(
        Run run,
        List<Figure> figures,
        string name,
        double perSecond,
        int clients,
        string postBar,
        string endBar
    )
    {
        await using var events = new CompletedEvents(run.Payflow);
        var load = await run.PayAsync(run.Gateway, perSecond, clients);
        load.MustAllBeAccepted();
        var ended = ClosedLoop.NewHistogram();
        foreach (var (id, due) in load.Accepted)
        {
            if (events.Heard.TryGetValue(id, out var heard))
                ended.RecordValue((long)Stopwatch.GetElapsedTime(due, heard).TotalMicroseconds);
        }

        if (ended.TotalCount < load.Accepted.Count)
            throw new InvalidOperationException(
                $"Of {load.Accepted.Count - ended.TotalCount} payments no end was heard."
            );
        foreach (var percentile in (int[])[50, 99])
        {
            figures.Add(
                new Figure(
                    $"{name}-post-p{percentile}{run.Payflow.Suffix}",
                    Milliseconds(load.Posted, percentile),
                    "ms",
                    run.Payflow.Broker,
                    Bar: postBar
                )
            );
            figures.Add(
                new Figure(
                    $"{name}-completed-p{percentile}{run.Payflow.Suffix}",
                    Milliseconds(ended, percentile),
                    "ms",
                    run.Payflow.Broker,
                    Bar: endBar
                )
            );
        }

        await Console.Error.WriteLineAsync(
            $"  {perSecond:0} a second: POST p50 {Milliseconds(load.Posted, 50):0.0} p99 "
                + $"{Milliseconds(load.Posted, 99):0.0} ms, completed p50 {Milliseconds(ended, 50):0.0} p99 "
                + $"{Milliseconds(ended, 99):0.0} ms"
        );
    }

    private static double Milliseconds(HistogramBase histogram, double percentile) =>
        histogram.GetValueAtPercentile(percentile) / 1000.0;
}
