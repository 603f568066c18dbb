using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace PayFlow.AppHost.Embedded;

/// <summary>What the command line may say to the embedded engine.</summary>
internal sealed record RunOptions(string Data, bool Reset, bool Prometheus = false, bool Dashboard = false)
{
    public const string Usage = """
        PayFlow runs PostgreSQL, Kafka and its four services on this machine.
          --port-base N   the wallet on N, Accounts N+1, Transactions N+2, Notifications N+3 (8080)
          --data DIR      where the data is kept between runs (.payflow beside PayFlow.sln)
          --reset         start over with empty data
          --prometheus    this machine's Prometheus as well, on N+1010 (9090)
          --dashboard     Aspire's dashboard as well, on N+4 (8084): traces, metrics and logs
        or writes Aspire's manifest of them and starts nothing:
          --publisher manifest --output-path FILE
        """;

    /// <summary>How long a part may take before it is said to be late.</summary>
    public TimeSpan HealthTimeout { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>
    /// Fills the configuration as Aspire's builder does from the same words; what it does not know is an error here.
    /// </summary>
    /// <returns>What is wrong with the command line, in a sentence; null when nothing is.</returns>
    public static string? Read(string[] args, IConfiguration configuration)
    {
        for (var i = 0; i < args.Length; i++)
        {
            var (name, value) =
                args[i].Split('=', 2) is [var left, var right] && left.StartsWith("--", StringComparison.Ordinal)
                    ? (left, right)
                    : (args[i], null);
            switch (name)
            {
                case "--reset" or "--prometheus" or "--dashboard" when value is null:
                    configuration[name[2..]] = "true";
                    break;
                case "--port-base" or "--data" or "--publisher" or "--output-path":
                    value ??= i + 1 < args.Length ? args[++i] : null;
                    if (string.IsNullOrEmpty(value))
                        return $"{name} needs a value.";
                    // The last of the five ports, the dashboard's, must be one, too.
                    if (
                        name == "--port-base"
                        && !(
                            int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var port)
                            && port is > 0 and < 65_532
                        )
                    )
                        return $"'{value}' is no port for --port-base: a number from 1 to 65531.";
                    if (name == "--publisher" && value != "manifest")
                        return $"'{value}' is no publisher: manifest.";
                    configuration[name[2..]] = value;
                    break;
                default:
                    return $"'{args[i]}' is not understood here.";
            }
        }

        return configuration["publisher"] is null == configuration["output-path"] is null
            ? null
            : "--publisher and --output-path go together.";
    }

    /// <summary>
    /// Where a manifest is to be written, in place of a run; null for a run. As in Aspire, a relative path counts from
    /// where the command was given, and a path that does not end in <c>.json</c> is a folder.
    /// </summary>
    public static string? Manifest(IConfiguration configuration)
    {
        if (configuration["publisher"] is null)
            return null;
        var path = Path.GetFullPath(configuration["output-path"]!);
        return path.EndsWith(".json", StringComparison.Ordinal) ? path : Path.Combine(path, "aspire-manifest.json");
    }

    /// <summary>
    /// A folder that was named counts from where the command was given; the default does not depend on that.
    /// </summary>
    public static RunOptions From(IConfiguration configuration) =>
        new(
            Path.TrimEndingDirectorySeparator(
                Path.GetFullPath(configuration["data"] ?? Path.Combine(SolutionFolder(), ".payflow"))
            ),
            configuration["reset"] == "true",
            configuration["prometheus"] == "true",
            configuration["dashboard"] == "true"
        );

    internal static string SolutionFolder()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "PayFlow.sln")))
                return folder;
        }

        return ".";
    }
}
