using PayFlow.Benchmarks.Load;
using PayFlow.Benchmarks.Product;

namespace PayFlow.Benchmarks.Figures;

/// <summary>
/// What Transactions accepts by itself: each payment durable with its key, its limits and its first command before the
/// 202. Since at most 20,000 may be pending, it is measured in bursts below that, with Accounts and Notifications
/// stopped, and drained between.
/// </summary>
internal static class Intake
{
    // A burst of this length stays below the cap, on any machine that accepts fewer than 30,000 a second.
    private static readonly TimeSpan Burst = TimeSpan.FromMilliseconds(600);

    public static async Task<IReadOnlyList<Figure>> MeasureAsync(Run run)
    {
        var payflow = run.Payflow;
        await run.WarmUpAsync();
        await run.People.RefreshAsync(payflow);
        var others = payflow
            .Pids.Where(part => part.Key is "accounts" or "notifications" or "web")
            .Select(part => part.Value)
            .ToList();
        var (accepted, seconds) = (0L, 0.0);
        for (var spent = TimeSpan.Zero; spent < run.Window / 2; spent += Burst)
        {
            LoadResult burst;
            Signals.Freeze(others);
            try
            {
                burst = await ClosedLoop.RunAsync(
                    run.Direct.Address,
                    Payments.Spread(run.Direct.Path, Run.NewKeys(), run.People),
                    Run.Clients,
                    TimeSpan.FromMilliseconds(100),
                    Burst
                );
            }
            finally
            {
                Signals.Thaw(others);
            }

            burst.MustAllBeAccepted();
            accepted += burst.Count(202);
            seconds += Burst.TotalSeconds;
            await run.DrainAsync();
        }

        return [new Figure("intake" + payflow.Suffix, accepted / seconds, "/s", payflow.Broker, Pgbench.Spread)];
    }
}
