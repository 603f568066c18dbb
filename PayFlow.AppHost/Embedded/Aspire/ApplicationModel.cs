using Microsoft.Extensions.Configuration;
using PayFlow.AppHost.Embedded;

// The slice of Aspire's app model that AppHost.cs uses, under Aspire's own names. docs/aspire-members.md lists its public members
// with their places in Aspire's sources, and a test fails on one that is not listed. What the engine needs besides is internal.
namespace Aspire.Hosting.ApplicationModel
{
    public interface IResource
    {
        string Name { get; }
    }

    public interface IResourceWithEnvironment : IResource;

    public interface IResourceWithEndpoints : IResource;

    public interface IResourceWithArgs : IResource;

    public interface IResourceWithWaitSupport : IResource;

    public interface IResourceWithConnectionString : IResource;

    public abstract class Resource : IResource
    {
        private protected Resource(string name) => Name = name;

        public virtual string Name { get; }

        internal Dictionary<string, Setting> Environment { get; } = new(StringComparer.Ordinal);

        internal List<IResource> WaitsFor { get; } = [];
    }

    /// <param name="Value">What a process on this machine is given; nothing when it is null.</param>
    /// <param name="Published">What a manifest says in its place, in Aspire's expressions; nothing when it is null.</param>
    internal sealed record Setting(Func<EmbeddedRun, string?> Value, string? Published);

    public class ContainerResource : Resource, IResourceWithEnvironment, IResourceWithArgs, IResourceWithEndpoints, IResourceWithWaitSupport
    {
        private protected ContainerResource(string name)
            : base(name)
        {
        }

        internal string? ImageTag { get; set; }

        internal string? Volume { get; set; }

        internal IReadOnlyList<string> Args { get; set; } = [];
    }

    public class ParameterResource : Resource
    {
        internal ParameterResource(string name)
            : base(name)
        {
        }
    }

    public abstract class ParameterDefault
    {
        private protected ParameterDefault()
        {
        }
    }

    public sealed class GenerateParameterDefault : ParameterDefault
    {
        public int MinLength { get; set; } = 22;

        public bool Special { get; set; } = true;
    }

    public class PostgresServerResource : ContainerResource, IResourceWithConnectionString
    {
        internal PostgresServerResource(string name, ParameterResource? password)
            : base(name) => Password = password;

        internal ParameterResource? Password { get; }
    }

    public class PostgresDatabaseResource : Resource, IResourceWithConnectionString
    {
        internal PostgresDatabaseResource(string name, PostgresServerResource parent)
            : base(name) => Parent = parent;

        public PostgresServerResource Parent { get; }
    }

    public class ProjectResource : Resource, IResourceWithEnvironment, IResourceWithWaitSupport, IResourceWithServiceDiscovery
    {
        internal ProjectResource(string name, string projectPath)
            : base(name) => ProjectPath = projectPath;

        internal string ProjectPath { get; }

        internal int? Port { get; set; }

        internal string? HealthPath { get; set; }

        internal bool IsExternal { get; set; }
    }

    public interface IResourceBuilder<out T>
        where T : IResource
    {
        IDistributedApplicationBuilder ApplicationBuilder { get; }

        T Resource { get; }
    }

    internal sealed record ResourceBuilder<T>(T Resource, IDistributedApplicationBuilder ApplicationBuilder) : IResourceBuilder<T>
        where T : IResource;

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

    public class KafkaServerResource : ContainerResource, IResourceWithConnectionString
    {
        internal KafkaServerResource(string name)
            : base(name)
        {
        }
    }

    public sealed class KafkaUIContainerResource : ContainerResource
    {
        internal KafkaUIContainerResource(string name)
            : base(name)
        {
        }
    }

    public class DistributedApplicationExecutionContext
    {
        internal DistributedApplicationExecutionContext(bool isRunMode) => IsRunMode = isRunMode;

        public bool IsRunMode { get; }
    }

    public interface IDistributedApplicationBuilder
    {
        ConfigurationManager Configuration { get; }

        DistributedApplicationExecutionContext ExecutionContext { get; }

        DistributedApplication Build();
    }

    internal sealed class EmbeddedBuilder(ConfigurationManager configuration) : IDistributedApplicationBuilder
    {
        public ConfigurationManager Configuration { get; } = configuration;

        public DistributedApplicationExecutionContext ExecutionContext { get; } = new(RunOptions.Manifest(configuration) is null);

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
                if (RunOptions.Manifest(_builder.Configuration) is { } manifest) ManifestFile.Write(_builder.Resources, manifest);
                else await EmbeddedRun.RunAsync(_builder.Resources, RunOptions.From(_builder.Configuration), cancellationToken);
            }
            catch (CannotRunException cannot)
            {
                await Console.Error.WriteLineAsync(cannot.Message);
                System.Environment.ExitCode = 1;
            }
        }
    }
}

namespace Aspire.Hosting.Postgres
{
    public sealed class PgAdminContainerResource : ContainerResource
    {
        internal PgAdminContainerResource(string name)
            : base(name)
        {
        }
    }
}
