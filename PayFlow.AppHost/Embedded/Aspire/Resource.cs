namespace Aspire.Hosting.ApplicationModel;

public abstract class Resource : IResource
{
    private protected Resource(string name) => Name = name;

    public virtual string Name { get; }

    internal Dictionary<string, Setting> Environment { get; } = new(StringComparer.Ordinal);

    internal List<IResource> WaitsFor { get; } = [];
}
