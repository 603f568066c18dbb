namespace Aspire.Hosting.ApplicationModel;

public class PostgresServerResource : ContainerResource, IResourceWithConnectionString
{
    internal PostgresServerResource(string name, ParameterResource? password)
        : base(name) => Password = password;

    internal ParameterResource? Password { get; }
}
