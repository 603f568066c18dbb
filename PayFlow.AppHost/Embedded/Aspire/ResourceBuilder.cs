namespace Aspire.Hosting.ApplicationModel;

internal sealed record ResourceBuilder<T>(T Resource, IDistributedApplicationBuilder ApplicationBuilder)
    : IResourceBuilder<T>
    where T : IResource;
