using System.Globalization;
using PayFlow.Benchmarks.Load;
using PayFlow.Benchmarks.Product;

namespace PayFlow.Benchmarks.Figures;

/// <summary>
/// What a change does to the money path: another checkout's build beside this one, in five pairs. The median of the pairs' ratios
/// counts; above 1 this build does more a second, or takes more processor time a payment.
/// </summary>
internal static class TwoBuilds
{
    /// <summary>Names the other checkout, built in the same configuration.</summary>
    public const string Variable = "PAYFLOW_OTHER_BUILD";

    private const int FewClients = 32;

    private sealed record Measured(double PerSecond, double PostP50, double CpuMicroseconds, double FewPerSecond, double FewPostP50);

    /// <exception cref="InvalidOperationException">No other build is named, or one of the two lost or made money.</exception>
    public static async Task<IReadOnlyList<Figure>> MeasureAsync(Run run)
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } other) throw new InvalidOperationException($"Set {Variable} to the other checkout.");
        await using var payflow = await RunningPayFlow.StartAsync(run.Payflow.KafkaHome, RunningPayFlow.PortBase + 100, other, []);
        var pairs = await (await SideBySide.PrepareAsync(run, payflow)).MeasureAsync(MeasureOneAsync, Tell);
        if (await Invariants.FindBrokenAsync(payflow) is { } broken) throw new InvalidOperationException($"The other build: {broken}");
        return
        [
            Ratio("pair-256", "/s", pair => pair.PerSecond),
            Ratio("pair-256-post-p50", "ms", pair => pair.PostP50),
            Ratio("pair-256-cpu", "µs a transfer", pair => pair.CpuMicroseconds),
            Ratio("pair-32", "/s", pair => pair.FewPerSecond),
            Ratio("pair-32-post-p50", "ms", pair => pair.FewPostP50),
        ];

        Figure Ratio(string name, string unit, Func<Measured, double> of) => new(
            name + payflow.Suffix,
            SideBySide.Median(pairs.Select(pair => of(pair.First))),
            unit,
            payflow.Broker,
            Ratio: SideBySide.Median(pairs.Select(pair => of(pair.First) / of(pair.Second))));
    }

    private static async Task<Measured> MeasureOneAsync(Run run)
    {
        var (before, paidBefore) = (await ProcessUse.ReadAsync(run.Payflow), await PaidAsync(run));
        var many = await run.PayAsync(run.Gateway, Payments.Spread, Run.Clients);
        var cpu = (await ProcessUse.ReadAsync(run.Payflow)).Since(before).CpuSeconds.Values.Sum() / (await PaidAsync(run) - paidBefore);
        var few = await run.PayAsync(run.Gateway, Payments.Spread, FewClients);
        return new Measured(await run.FinishedPerSecondAsync(many), P50(many), cpu * 1_000_000, await run.FinishedPerSecondAsync(few), P50(few));
    }

    private static Task<long> PaidAsync(Run run) => run.CountAsync("transactionsdb", "select count(*) from transactions where type = 'transfer'");

    private static double P50(LoadResult load) => load.Posted.GetValueAtPercentile(50) / 1000.0;

    private static string Tell(Measured here, Measured there) => string.Create(
        CultureInfo.InvariantCulture,
        $"256 clients {here.PerSecond:0} and {there.PerSecond:0} a second ({here.PerSecond / there.PerSecond:0.000}), {here.CpuMicroseconds:0} and {there.CpuMicroseconds:0} µs ({here.CpuMicroseconds / there.CpuMicroseconds:0.000}), POST p50 {here.PostP50:0} and {there.PostP50:0} ms; 32 clients {here.FewPerSecond:0} and {there.FewPerSecond:0} a second ({here.FewPerSecond / there.FewPerSecond:0.000}), POST p50 {here.FewPostP50:0.0} and {there.FewPostP50:0.0} ms");
}
