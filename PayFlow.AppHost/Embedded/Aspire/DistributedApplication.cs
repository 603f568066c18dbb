using Microsoft.Extensions.Configuration;
using PayFlow.AppHost.Embedded;

namespace Aspire.Hosting;

public class DistributedApplication
{
    private readonly EmbeddedBuilder _builder;

    internal DistributedApplication(EmbeddedBuilder builder) => _builder = builder;

    public static IDistributedApplicationBuilder CreateBuilder(string[] args)
    {
        // This executable is also its own helper processes.
        Subcommands.RunIfAsked(args);
        var configuration = new ConfigurationManager();
        if (args is ["--help"])
        {
            Console.WriteLine(RunOptions.Usage);
            System.Environment.Exit(0);
        }

        if (RunOptions.Read(args, configuration) is { } wrong)
        {
            Console.Error.WriteLine(wrong);
            Console.Error.WriteLine(RunOptions.Usage);
            System.Environment.Exit(2);
        }

        return new EmbeddedBuilder(configuration);
    }

    public virtual async Task RunAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            if (RunOptions.Manifest(_builder.Configuration) is { } manifest)
                ManifestFile.Write(_builder.Resources, manifest);
            else
                await EmbeddedRun.RunAsync(
                    _builder.Resources,
                    RunOptions.From(_builder.Configuration),
                    cancellationToken
                );
        }
        catch (CannotRunException cannot)
        {
            await Console.Error.WriteLineAsync(cannot.Message);
            System.Environment.ExitCode = 1;
        }
    }
}
