namespace Aspire.Hosting.ApplicationModel;

public class ProjectResource
    : Resource,
        IResourceWithEnvironment,
        IResourceWithWaitSupport,
        IResourceWithServiceDiscovery
{
    internal ProjectResource(string name, string projectPath)
        : base(name) => ProjectPath = projectPath;

    internal string ProjectPath { get; }

    internal int? Port { get; set; }

    internal string? HealthPath { get; set; }

    internal bool IsExternal { get; set; }
}
