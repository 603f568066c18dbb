namespace Aspire.Hosting.ApplicationModel;

[Flags]
public enum ReferenceEnvironmentInjectionFlags
{
    None = 0,
    ConnectionString = 1,
    ServiceDiscovery = 4,
}
