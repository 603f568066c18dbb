using System.Globalization;
using PayFlow.Benchmarks.Load;
using PayFlow.Benchmarks.Product;

namespace PayFlow.Benchmarks.Figures;

/// <summary>
/// From the HTTP request to two notifications: verified tokens, ownership, limits, the ledger, the saga, audit and
/// telemetry as shipped, with the load generator on the same machine.
/// </summary>
internal static class WholePath
{
    private const int FewClients = 32;

    public static async Task<IReadOnlyList<Figure>> MeasureAsync(Run run)
    {
        var (payflow, figures) = (run.Payflow, new List<Figure>());
        await run.WarmUpAsync();
        var transfersBefore = await TransfersAsync();
        var (spread, load, use) = await PayAsync(run, run.Gateway, Payments.Spread, Run.Clients);
        var transfers = await TransfersAsync() - transfersBefore;
        run.FoundMost(spread);
        var (direct, _, _) = await PayAsync(run, run.Direct, Payments.Spread, Run.Clients);
        var (few, _, _) = await PayAsync(run, run.Gateway, Payments.Spread, FewClients);
        var (hot, _, _) = await PayAsync(run, run.Gateway, Payments.ToOne, Run.Clients);

        Add("whole-path", spread, run.Payflow.IsInMemory ? "≥ 2.0" : "≥ 1.4");
        Add("whole-path-direct", direct, "≥ 3.0");
        Add("whole-path-32", few, "≥ 1.0");
        figures.Add(
            new Figure(
                "whole-path-hot" + payflow.Suffix,
                hot,
                "/s",
                payflow.Broker,
                Pgbench.Spread,
                hot / spread,
                "≥ 0.88 of whole-path"
            )
        );
        foreach (var percentile in (double[])[50, 99])
            figures.Add(
                new Figure(
                    $"whole-path-post-p{percentile.ToString(CultureInfo.InvariantCulture)}{payflow.Suffix}",
                    load.Posted.GetValueAtPercentile(percentile) / 1000.0,
                    "ms",
                    payflow.Broker
                )
            );
        foreach (var (part, seconds) in use.CpuSeconds.OrderBy(part => part.Key, StringComparer.Ordinal))
            figures.Add(
                new Figure(
                    $"cpu-{part.Replace(' ', '-')}{payflow.Suffix}",
                    seconds * 1_000_000 / transfers,
                    "µs a transfer",
                    payflow.Broker
                )
            );
        foreach (var (part, bytes) in use.AllocatedBytes.OrderBy(part => part.Key, StringComparer.Ordinal))
            figures.Add(
                new Figure($"allocated-{part}{payflow.Suffix}", bytes / transfers, "B a transfer", payflow.Broker)
            );
        return figures;

        void Add(string name, double perSecond, string bar) =>
            figures.Add(new Figure(name + payflow.Suffix, perSecond, "/s", payflow.Broker, Pgbench.Spread, Bar: bar));

        Task<long> TransfersAsync() =>
            run.CountAsync("transactionsdb", "select count(*) from transactions where type = 'transfer'");
    }

    private static async Task<(double PerSecond, LoadResult Load, ProcessUse Use)> PayAsync(
        Run run,
        (Uri Address, string Path) at,
        Func<string, string, People, Payments> payments,
        int clients
    )
    {
        var (load, use) = await run.PayAndWatchAsync(at, payments, clients);
        var perSecond = await run.FinishedPerSecondAsync(load);
        await Console.Error.WriteLineAsync(
            $"  {at.Path}, {clients} clients: {perSecond:0} transfers/s, POST p50 "
                + $"{load.Posted.GetValueAtPercentile(50) / 1000.0:0.0} ms, p99 "
                + $"{load.Posted.GetValueAtPercentile(99) / 1000.0:0.0} ms"
        );
        return (perSecond, load, use);
    }
}
