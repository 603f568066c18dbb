namespace Aspire.Hosting.ApplicationModel;

public class ContainerResource
    : Resource,
        IResourceWithEnvironment,
        IResourceWithArgs,
        IResourceWithEndpoints,
        IResourceWithWaitSupport
{
    private protected ContainerResource(string name)
        : base(name) { }

    internal string? ImageTag { get; set; }

    internal string? Volume { get; set; }

    internal IReadOnlyList<string> Args { get; set; } = [];
}
