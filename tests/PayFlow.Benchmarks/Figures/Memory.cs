using PayFlow.Benchmarks.Load;
using PayFlow.Benchmarks.Product;

namespace PayFlow.Benchmarks.Figures;

/// <summary>Resident memory of each process at the end of a load; of the services together is the bar.</summary>
internal static class Memory
{
    public static async Task<IReadOnlyList<Figure>> MeasureAsync(Run run)
    {
        var payflow = run.Payflow;
        await run.PayAsync(run.Gateway, Payments.Spread, Run.Clients);
        var resident = ProcessUse.Resident(payflow);
        return
        [
            Of("memory", RunningPayFlow.Services.Sum(service => resident[service]), "≤ 1229 MiB"),
            .. resident.Select(part => Of($"memory-{part.Key}", part.Value)),
        ];

        Figure Of(string name, long bytes, string bar = "") =>
            new(name + payflow.Suffix, bytes / 1048576.0, "MiB", payflow.Broker, Bar: bar);
    }
}
