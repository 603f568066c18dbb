using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace PayFlow.AppHost.Embedded;

/// <summary>What the command line may say to the embedded engine.</summary>
internal sealed record RunOptions(string Data, bool Reset)
{
    private const string Usage =
        """
        PayFlow runs PostgreSQL, Kafka and its four services on this machine.
          --port-base N   the wallet on N, Accounts N+1, Transactions N+2, Notifications N+3 (8080)
          --data DIR      where the data is kept between runs (.payflow)
          --reset         start over with empty data
        """;

    public static void Read(string[] args, ConfigurationManager configuration)
    {
        for (var i = 0; i < args.Length; i++)
        {
            switch (args[i])
            {
                case "--port-base" when i + 1 < args.Length && int.TryParse(args[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and < 65_000:
                    configuration["port-base"] = args[++i];
                    break;
                case "--data" when i + 1 < args.Length:
                    configuration["data"] = args[++i];
                    break;
                case "--reset":
                    configuration["reset"] = "true";
                    break;
                case "--help":
                    Console.WriteLine(Usage);
                    Environment.Exit(0);
                    break;
                default:
                    Console.Error.WriteLine($"'{args[i]}' is not understood here.");
                    Console.Error.WriteLine(Usage);
                    Environment.Exit(2);
                    break;
            }
        }
    }

    public static RunOptions From(IConfiguration configuration) =>
        new(Path.GetFullPath(configuration["data"] ?? ".payflow"), configuration["reset"] == "true");
}

/// <summary>The run cannot go on for a reason that the person at the keyboard can mend; the message says how.</summary>
internal sealed class CannotRunException(string message) : Exception(message);
