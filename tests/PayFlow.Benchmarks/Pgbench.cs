using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;
using PayFlow.Benchmarks.Product;

namespace PayFlow.Benchmarks;

/// <summary>
/// The yardstick: PostgreSQL's own benchmark (TPC-B, prepared statements, 16 clients) on the product's server, with its
/// settings and on its disk, while everything else of the product is stopped.
/// </summary>
internal sealed partial class Pgbench(RunningPayFlow payflow, TimeSpan window)
{
    public const int Spread = 50;

    /// <summary>One branch, which every transaction updates.</summary>
    public const int Hot = 1;

    private readonly Dictionary<int, double> _best = [];

    /// <summary>Measures once more; the best of all runs at this scale counts.</summary>
    public async Task RunAsync(int scale)
    {
        Signals.Freeze(payflow.ServicePids);
        try
        {
            var database = $"pgbench{scale.ToString(CultureInfo.InvariantCulture)}";
            if (!_best.ContainsKey(scale))
            {
                await using var admin = NpgsqlDataSource.Create(payflow.Database("postgres"));
                await using var create = admin.CreateCommand($"create database {database}");
                await create.ExecuteNonQueryAsync();
                await RunAsync(database, "-i", "-q", "-s", scale.ToString(CultureInfo.InvariantCulture));
            }

            var output = await RunAsync(
                database,
                "-M",
                "prepared",
                "-c",
                "16",
                "-j",
                "2",
                "-n",
                "-T",
                ((int)window.TotalSeconds).ToString(CultureInfo.InvariantCulture)
            );
            var tps = double.Parse(Tps().Match(output).Groups["tps"].Value, CultureInfo.InvariantCulture);
            _best[scale] = Math.Max(_best.GetValueOrDefault(scale), tps);
            await Console.Error.WriteLineAsync($"  pgbench, scale {scale}: {tps:0} tps");
        }
        finally
        {
            Signals.Thaw(payflow.ServicePids);
        }
    }

    /// <summary>Transactions a second, the best of the runs so far.</summary>
    public double Best(int scale) => _best[scale];

    private async Task<string> RunAsync(string database, params string[] arguments)
    {
        var (host, port, password) = payflow.PostgresAddress;
        var start = new ProcessStartInfo(Program(), [.. arguments, "-h", host, "-p", port, "-U", "postgres", database])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment["PGPASSWORD"] = password;
        using var pgbench = Process.Start(start)!;
        var (output, errors) = (pgbench.StandardOutput.ReadToEndAsync(), pgbench.StandardError.ReadToEndAsync());
        await pgbench.WaitForExitAsync();
        return pgbench.ExitCode == 0
            ? await output
            : throw new InvalidOperationException($"pgbench failed: {await errors}");
    }

    private static string Program() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, "pgbench"))
            .Concat(
                Directory.Exists("/usr/lib/postgresql")
                    ? Directory
                        .EnumerateDirectories("/usr/lib/postgresql")
                        .OrderDescending()
                        .Select(version => Path.Combine(version, "bin", "pgbench"))
                    : []
            )
            .FirstOrDefault(File.Exists)
        ?? throw new InvalidOperationException(
            "There is no pgbench, the yardstick. It comes with PostgreSQL: apt install postgresql-contrib, or add "
                + "PostgreSQL's bin folder to PATH."
        );

    [GeneratedRegex(@"tps = (?<tps>[0-9.]+) \(without", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Tps();
}
