using System.Diagnostics;
using System.Globalization;

namespace PayFlow.AppHost.Embedded;

/// <summary>Helper processes that are this assembly too: <c>in-memory-kafka PORT</c> and <c>guard</c>.</summary>
internal static class Subcommands
{
    public static void RunIfAsked(string[] args)
    {
        switch (args)
        {
            case ["in-memory-kafka", var port]:
                InMemoryKafkaProcess.Run(int.Parse(port, CultureInfo.InvariantCulture));
                break;
            case ["guard"]:
                GuardProcess.Run();
                break;
            default:
                return;
        }

        Environment.Exit(0);
    }

    public static ProcessStartInfo Describe(params string[] arguments) =>
        new(Dotnet, [typeof(Subcommands).Assembly.Location, .. arguments]);

    /// <summary>
    /// The host that runs us, where we are not our own executable: another one on PATH may lack our runtime.
    /// </summary>
    public static string Dotnet { get; } =
        Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet"
            ? Environment.ProcessPath!
            : Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
}
