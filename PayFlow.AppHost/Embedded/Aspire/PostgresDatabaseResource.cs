namespace Aspire.Hosting.ApplicationModel;

public class PostgresDatabaseResource : Resource, IResourceWithConnectionString
{
    internal PostgresDatabaseResource(string name, PostgresServerResource parent)
        : base(name) => Parent = parent;

    public PostgresServerResource Parent { get; }
}
