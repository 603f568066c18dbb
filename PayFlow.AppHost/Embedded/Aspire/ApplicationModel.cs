using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;
using PayFlow.AppHost.Embedded;

// The slice of Aspire's app model that AppHost.cs uses, under Aspire's own names.
namespace Aspire.Hosting.ApplicationModel
{
    public interface IResource
    {
        string Name { get; }
    }

    public interface IResourceWithEnvironment : IResource;

    public interface IResourceWithEndpoints : IResource;

    public interface IResourceWithWaitSupport : IResource;

    public interface IResourceWithConnectionString : IResource;

    public abstract class Resource(string name) : IResource
    {
        public string Name { get; } = name;

        internal Dictionary<string, Func<EmbeddedRun, string?>> Environment { get; } = new(StringComparer.Ordinal);

        internal List<IResource> WaitsFor { get; } = [];
    }

    public class ContainerResource(string name) : Resource(name), IResourceWithEnvironment, IResourceWithEndpoints, IResourceWithWaitSupport;

    public class ParameterResource(string name, bool secret) : Resource(name)
    {
        public bool Secret { get; } = secret;
    }

    public class PostgresServerResource(string name) : ContainerResource(name), IResourceWithConnectionString;

    public class PostgresDatabaseResource(string name, PostgresServerResource parent) : Resource(name), IResourceWithConnectionString
    {
        public PostgresServerResource Parent { get; } = parent;
    }

    public class ProjectResource(string name) : Resource(name), IResourceWithEnvironment, IResourceWithEndpoints, IResourceWithWaitSupport, IResourceWithServiceDiscovery
    {
        internal string ProjectPath { get; init; } = "";

        internal int? Port { get; set; }

        internal string? HealthPath { get; set; }
    }

    public interface IResourceBuilder<out T>
        where T : IResource
    {
        T Resource { get; }
    }

    internal sealed class ResourceBuilder<T>(T resource, IDistributedApplicationBuilder application) : IResourceBuilder<T>
        where T : IResource
    {
        public T Resource { get; } = resource;

        public IDistributedApplicationBuilder Application { get; } = application;
    }

    [Flags]
    public enum ReferenceEnvironmentInjectionFlags
    {
        None = 0,
        ConnectionString = 1,
        ServiceDiscovery = 4,
    }
}

namespace Aspire.Hosting
{
    public interface IResourceWithServiceDiscovery : IResourceWithEndpoints;

    public interface IProjectMetadata
    {
        string ProjectPath { get; }
    }

    public class KafkaServerResource(string name) : ContainerResource(name), IResourceWithConnectionString;

    public interface IDistributedApplicationBuilder
    {
        ConfigurationManager Configuration { get; }

        DistributedApplication Build();
    }

    internal sealed class EmbeddedBuilder(ConfigurationManager configuration) : IDistributedApplicationBuilder
    {
        public ConfigurationManager Configuration { get; } = configuration;

        public List<Resource> Resources { get; } = [];

        public DistributedApplication Build() => new(this);
    }

    public class DistributedApplication
    {
        private readonly EmbeddedBuilder _builder;

        internal DistributedApplication(EmbeddedBuilder builder) => _builder = builder;

        public static IDistributedApplicationBuilder CreateBuilder(string[] args)
        {
            // This executable is also its own helper processes.
            Subcommands.RunIfAsked(args);
            var configuration = new ConfigurationManager();
            RunOptions.Read(args, configuration);
            return new EmbeddedBuilder(configuration);
        }

        public virtual Task RunAsync(CancellationToken cancellationToken = default) =>
            EmbeddedRun.RunAsync(_builder.Resources, RunOptions.From(_builder.Configuration), cancellationToken);
    }
}
