using System.Diagnostics;
using PayFlow.Benchmarks.Load;
using PayFlow.Benchmarks.Product;

namespace PayFlow.Benchmarks.Figures;

/// <summary>
/// What Accounts alone applies, fed from the broker with <c>transaction-initiated</c>, each transfer decided by itself and durable.
/// The other services are stopped; how much was decided is read from the events that follow each commit.
/// </summary>
internal static class LedgerAlone
{
    // Several batches always wait, and the in-memory broker holds them.
    private const int InFlight = 12_000;

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(5);

    public static async Task<IReadOnlyList<Figure>> MeasureAsync(Run run)
    {
        var (payflow, people) = (run.Payflow, run.People);
        await run.Pgbench.RunAsync(Pgbench.Spread);
        await run.Pgbench.RunAsync(Pgbench.OneRow);
        var others = payflow.Pids.Where(part => part.Key is "transactions" or "notifications" or "web").Select(part => part.Value).ToList();
        Signals.Freeze(others);
        double spread, hot, hotSender, refused;
        try
        {
            using var feed = new LedgerFeed(payflow);
            spread = await MeasureAsync(run, feed, "spread", (payer, _) => (people.Payers[payer], people.PayeeOf(payer), 100));
            hot = await MeasureAsync(run, feed, "one receiver", (payer, _) => (people.Payers[payer], people.Payees[0], 100));
            hotSender = await MeasureAsync(run, feed, "one sender", (payer, _) => (people.Payers[0], people.PayeeOf(payer), 1));
            // Every fifth asks for more than anybody has.
            refused = await MeasureAsync(run, feed, "20 % refused", (payer, i) => (people.Payers[payer], people.PayeeOf(payer), i % 5 == 0 ? 1_000_000_000_00 : 100));
            await feed.DrainAsync();
        }
        finally
        {
            Signals.Thaw(others);
        }

        await run.Pgbench.RunAsync(Pgbench.Spread);
        await run.Pgbench.RunAsync(Pgbench.OneRow);
        return
        [
            Of(Pgbench.Spread, "ledger-spread", spread, "≥ 6"),
            Of(Pgbench.OneRow, "ledger-hot", hot, "≥ 30, of one row"),
            Of(Pgbench.Spread, "ledger-hot-sender", hotSender),
            Of(Pgbench.Spread, "ledger-refused", refused),
        ];

        Figure Of(int scale, string name, double perSecond, string bar = "") => Figure.Against(run.Pgbench.Best(scale), name + payflow.Suffix, perSecond, payflow.Broker, bar);
    }

    private static async Task<double> MeasureAsync(Run run, LedgerFeed feed, string name, Func<int, long, (Person From, Person To, long Minor)> next)
    {
        var end = Stopwatch.GetTimestamp() + (long)((WarmUp + run.Window).TotalSeconds * Stopwatch.Frequency);
        var begin = end - (long)(run.Window.TotalSeconds * Stopwatch.Frequency);
        long? first = null;
        while (Stopwatch.GetTimestamp() < end)
        {
            var decided = feed.Decided();
            if (first is null && Stopwatch.GetTimestamp() >= begin) first = decided;
            var room = InFlight - (feed.Sent - decided);
            for (var i = 0; i < room; i++)
            {
                var (from, to, minor) = next((int)(feed.Sent % run.People.Payers.Count), feed.Sent);
                feed.Send(from.Account, to.Account, minor);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20));
        }

        var perSecond = (feed.Decided() - first!.Value) / run.Window.TotalSeconds;
        await feed.DrainAsync();
        await Console.Error.WriteLineAsync($"  ledger, {name}: {perSecond:0} transfers/s");
        return perSecond;
    }
}
