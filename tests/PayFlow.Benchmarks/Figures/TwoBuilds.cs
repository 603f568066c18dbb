using System.Globalization;
using PayFlow.Benchmarks.Load;
using PayFlow.Benchmarks.Product;

namespace PayFlow.Benchmarks.Figures;

/// <summary>
/// What a change does to the money path: another checkout's build beside this one, in five pairs. The median of the
/// pairs' ratios counts; above 1 this build does more a second, or takes more processor time a payment.
/// </summary>
internal static class TwoBuilds
{
    /// <summary>Names the other checkout, built in the same configuration.</summary>
    public const string Variable = "PAYFLOW_OTHER_BUILD";

    private const int FewClients = 32;

    /// <param name="Cpu">Processor time in microseconds a transfer, of the whole product.</param>
    /// <param name="Cost">
    /// The same in multiples of what the load generator used, which does the same for both builds. A machine that
    /// others slow down slows both, so this is steadier than any time.
    /// </param>
    /// <param name="Parts">In microseconds a transfer, by part: where a difference comes from.</param>
    private sealed record Load(
        double PerSecond,
        double PostP50,
        double Cpu,
        double Cost,
        IReadOnlyDictionary<string, double> Parts
    );

    private sealed record Measured(Load Many, Load Few);

    /// <exception cref="InvalidOperationException">
    /// No other build is named, or one of the two lost or made money.
    /// </exception>
    public static async Task<IReadOnlyList<Figure>> MeasureAsync(Run run)
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } other)
            throw new InvalidOperationException($"Set {Variable} to the other checkout.");
        await using var payflow = await RunningPayFlow.StartAsync(
            run.Payflow.KafkaHome,
            RunningPayFlow.PortBase + 100,
            other,
            []
        );
        var pairs = await (await SideBySide.PrepareAsync(run, payflow)).MeasureAsync(MeasureOneAsync, Tell);
        if (await Invariants.FindBrokenAsync(payflow) is { } broken)
            throw new InvalidOperationException($"The other build: {broken}");
        return
        [
            Ratio("pair-256", "/s", pair => pair.Many.PerSecond),
            Ratio("pair-256-post-p50", "ms", pair => pair.Many.PostP50),
            Ratio("pair-256-cpu", "µs a transfer", pair => pair.Many.Cpu),
            Ratio("pair-256-cost", "× the load generator", pair => pair.Many.Cost),
            Ratio("pair-32", "/s", pair => pair.Few.PerSecond),
            Ratio("pair-32-post-p50", "ms", pair => pair.Few.PostP50),
            Ratio("pair-32-cpu", "µs a transfer", pair => pair.Few.Cpu),
            Ratio("pair-32-cost", "× the load generator", pair => pair.Few.Cost),
        ];

        Figure Ratio(string name, string unit, Func<Measured, double> of) =>
            new(
                name + payflow.Suffix,
                SideBySide.Median(pairs.Select(pair => of(pair.First))),
                unit,
                payflow.Broker,
                Ratio: SideBySide.Median(pairs.Select(pair => of(pair.First) / of(pair.Second)))
            );
    }

    private static async Task<Measured> MeasureOneAsync(Run run) =>
        new(await MeasureLoadAsync(run, Run.Clients), await MeasureLoadAsync(run, FewClients));

    private static async Task<Load> MeasureLoadAsync(Run run, int clients)
    {
        var paidBefore = await PaidAsync(run);
        var (load, use) = await run.PayAndWatchAsync(run.Gateway, Payments.Spread, clients);
        var used = use.CpuSeconds;
        var generator = used[ProcessUse.LoadGenerator];
        var product = used.Values.Sum() - generator;
        var paid = await PaidAsync(run) - paidBefore;
        return new Load(
            await run.FinishedPerSecondAsync(load),
            P50(load),
            MicrosecondsEach(product),
            product / generator,
            used.ToDictionary(part => part.Key, part => MicrosecondsEach(part.Value), StringComparer.Ordinal)
        );

        double MicrosecondsEach(double seconds) => seconds / paid * 1_000_000;
    }

    private static Task<long> PaidAsync(Run run) =>
        run.CountAsync("transactionsdb", "select count(*) from transactions where type = 'transfer'");

    private static double P50(LoadResult load) => load.Posted.GetValueAtPercentile(50) / 1000.0;

    private static string Tell(Measured here, Measured there) =>
        $"{Run.Clients} clients {Tell(here.Many, there.Many)}; {FewClients} clients {Tell(here.Few, there.Few)}";

    private static string Tell(Load here, Load there)
    {
        var parts = string.Join(", ", here.Parts.Select(part => Tell(part.Key, part.Value, there.Parts)));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{here.PerSecond:0} and {there.PerSecond:0} /s ({here.PerSecond / there.PerSecond:0.000}), "
                + $"{here.Cpu:0} and {there.Cpu:0} µs ({here.Cpu / there.Cpu:0.000}), "
                + $"cost {here.Cost:0.00} and {there.Cost:0.00} ({here.Cost / there.Cost:0.000}), "
                + $"POST p50 {here.PostP50:0.0} and {there.PostP50:0.0} ms, µs by part {parts}"
        );
    }

    private static string Tell(string part, double here, IReadOnlyDictionary<string, double> there) =>
        string.Create(CultureInfo.InvariantCulture, $"{part} {here:0} and {there.GetValueOrDefault(part):0}");
}
