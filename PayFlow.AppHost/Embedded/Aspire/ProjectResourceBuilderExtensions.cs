namespace Aspire.Hosting;

public static class ProjectResourceBuilderExtensions
{
    public static IResourceBuilder<ProjectResource> AddProject<TProject>(
        this IDistributedApplicationBuilder builder,
        string name,
        string? launchProfileName
    )
        where TProject : IProjectMetadata, new() =>
        launchProfileName is null
            ? builder.Add(new ProjectResource(name, new TProject().ProjectPath))
            : throw new NotSupportedException(
                "The embedded engine reads no launch profiles: everything is in the app model."
            );

    /// <summary>One process of each is what this machine runs; the manifest does not carry the number either.</summary>
    public static IResourceBuilder<ProjectResource> WithReplicas(
        this IResourceBuilder<ProjectResource> builder,
        int replicas
    ) => builder;
}
