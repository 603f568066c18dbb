using Microsoft.Extensions.Configuration;
using PayFlow.AppHost.Embedded;

namespace Aspire.Hosting;

internal sealed class EmbeddedBuilder(ConfigurationManager configuration) : IDistributedApplicationBuilder
{
    public ConfigurationManager Configuration { get; } = configuration;

    public DistributedApplicationExecutionContext ExecutionContext { get; } =
        new(RunOptions.Manifest(configuration) is null);

    public List<Resource> Resources { get; } = [];

    public DistributedApplication Build() => new(this);
}
