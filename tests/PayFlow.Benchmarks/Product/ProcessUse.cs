using System.Globalization;

namespace PayFlow.Benchmarks.Product;

/// <summary>What the parts of the product have used so far, as Linux accounts for it.</summary>
/// <param name="CpuSeconds">
/// User and system time by part; a part's children (PostgreSQL's backends) count to it.
/// </param>
/// <param name="AllocatedBytes">What .NET allocated, by service.</param>
internal sealed record ProcessUse(
    IReadOnlyDictionary<string, double> CpuSeconds,
    IReadOnlyDictionary<string, double> AllocatedBytes
)
{
    /// <summary>The part that is this process.</summary>
    public const string LoadGenerator = "load generator";

    private const double TicksPerSecond = 100;

    public static async Task<ProcessUse> ReadAsync(RunningPayFlow payflow)
    {
        var cpu = payflow.Pids.ToDictionary(part => part.Key, part => CpuOf(part.Value), StringComparer.Ordinal);
        cpu[LoadGenerator] = CpuOf(Environment.ProcessId);
        var allocated = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var service in RunningPayFlow.Services)
            allocated[service] = await payflow.MetricAsync(service, "dotnet_gc_heap_total_allocated_bytes_total");
        return new ProcessUse(cpu, allocated);
    }

    /// <returns>Resident memory in bytes, by part.</returns>
    public static IReadOnlyDictionary<string, long> Resident(RunningPayFlow payflow) =>
        payflow.Pids.ToDictionary(part => part.Key, part => ResidentOf(part.Value), StringComparer.Ordinal);

    public ProcessUse Since(ProcessUse earlier) =>
        new(
            CpuSeconds.ToDictionary(
                part => part.Key,
                part => part.Value - earlier.CpuSeconds.GetValueOrDefault(part.Key),
                StringComparer.Ordinal
            ),
            AllocatedBytes.ToDictionary(
                part => part.Key,
                part => part.Value - earlier.AllocatedBytes.GetValueOrDefault(part.Key),
                StringComparer.Ordinal
            )
        );

    /// <summary>A process with its children, those that have ended included.</summary>
    private static double CpuOf(int pid)
    {
        var ticks = 0.0;
        foreach (var stat in Tree(pid))
            ticks += stat.Ticks;
        return ticks / TicksPerSecond;
    }

    private static long ResidentOf(int pid)
    {
        // Proportional for PostgreSQL, whose backends share their buffers: each page counts once.
        var bytes = 0L;
        foreach (var (member, _) in Tree(pid))
        {
            var rollup = $"/proc/{member}/smaps_rollup";
            if (
                File.Exists(rollup)
                && File.ReadLines(rollup).FirstOrDefault(line => line.StartsWith("Pss:", StringComparison.Ordinal))
                    is { } pss
            )
            {
                bytes += long.Parse(pss.AsSpan(4).Trim().TrimEnd(" kB"), CultureInfo.InvariantCulture) * 1024;
            }
        }

        return bytes;
    }

    private static IEnumerable<(int Pid, double Ticks)> Tree(int root)
    {
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (
                !int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
            )
                continue;
            string stat;
            try
            {
                stat = File.ReadAllText($"/proc/{pid}/stat");
            }
            catch (IOException)
            {
                // It ended between the two looks; its parent has its time.
                continue;
            }

            // After the name, which may hold spaces: state, parent, …, utime, stime, cutime, cstime.
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            if (pid != root && int.Parse(fields[1], CultureInfo.InvariantCulture) != root)
                continue;
            var own =
                double.Parse(fields[11], CultureInfo.InvariantCulture)
                + double.Parse(fields[12], CultureInfo.InvariantCulture);
            var ended =
                pid == root
                    ? double.Parse(fields[13], CultureInfo.InvariantCulture)
                        + double.Parse(fields[14], CultureInfo.InvariantCulture)
                    : 0;
            yield return (pid, own + ended);
        }
    }
}
