using System.Globalization;
using PayFlow.Benchmarks.Product;

namespace PayFlow.Benchmarks;

/// <summary>
/// Two products on one machine. One of the two is always stopped where it stands while the other is measured, and each
/// pair of measurements has the other order than the one before, so that whatever changes on the machine meets both.
/// </summary>
internal sealed class SideBySide
{
    private const int Pairs = 5;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    private readonly Run _first;
    private readonly Run _second;

    private SideBySide(Run first, Run second) => (_first, _second) = (first, second);

    /// <summary>Gives the second product the people that the first one has, and warms both up.</summary>
    public static async Task<SideBySide> PrepareAsync(Run first, RunningPayFlow second)
    {
        Signals.Freeze(first.Payflow.ServicePids);
        var run = new Run(
            second,
            await People.OpenAsync(second, first.People.Payers.Count, first.People.Payees.Count),
            first.Window
        );
        await run.WarmUpAsync();
        Signals.Freeze(second.ServicePids);
        await ThawAsync(first);
        await first.WarmUpAsync();
        Signals.Freeze(first.Payflow.ServicePids);
        return new SideBySide(first, run);
    }

    /// <param name="tell">Says what was measured of one pair.</param>
    public async Task<IReadOnlyList<(T First, T Second)>> MeasureAsync<T>(
        Func<Run, Task<T>> measureAsync,
        Func<T, T, string> tell
    )
    {
        var pairs = new List<(T First, T Second)>();
        for (var pair = 0; pair < Pairs; pair++)
        {
            var earlier = await AloneAsync(pair % 2 == 0 ? _first : _second, measureAsync);
            var later = await AloneAsync(pair % 2 == 0 ? _second : _first, measureAsync);
            pairs.Add(pair % 2 == 0 ? (earlier, later) : (later, earlier));
            await Console.Error.WriteLineAsync(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"  pair {pair + 1}: {tell(pairs[^1].First, pairs[^1].Second)}"
                )
            );
        }

        return pairs;
    }

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted[sorted.Count / 2];
    }

    private static async Task<T> AloneAsync<T>(Run run, Func<Run, Task<T>> measureAsync)
    {
        await ThawAsync(run);
        try
        {
            return await measureAsync(run);
        }
        finally
        {
            Signals.Freeze(run.Payflow.ServicePids);
        }
    }

    /// <summary>
    /// Continues a product, and waits until its consumers have their partitions again: the broker gave them up
    /// meanwhile.
    /// </summary>
    private static async Task ThawAsync(Run run)
    {
        Signals.Thaw(run.Payflow.ServicePids);
        using var late = new CancellationTokenSource(Timeout);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(250));
        foreach (var service in RunningPayFlow.Services)
        {
            while (true)
            {
                using var health = await run.Payflow.Accounts.GetAsync(
                    new Uri(run.Payflow.Address(service), "/health"),
                    late.Token
                );
                if (health.IsSuccessStatusCode)
                    break;
                await timer.WaitForNextTickAsync(late.Token);
            }
        }
    }
}
