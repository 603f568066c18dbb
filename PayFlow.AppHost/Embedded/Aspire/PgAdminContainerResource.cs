namespace Aspire.Hosting.Postgres;

public sealed class PgAdminContainerResource : ContainerResource
{
    internal PgAdminContainerResource(string name)
        : base(name) { }
}
