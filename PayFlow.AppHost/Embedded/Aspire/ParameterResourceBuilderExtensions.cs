namespace Aspire.Hosting;

// What only a container has (image, arguments, volume, password) goes into a manifest and has no effect on a run: the
// embedded server makes its own. What would change the meaning of a process and is not done here is refused.
public static class ParameterResourceBuilderExtensions
{
    public static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder,
        string name,
        bool secret = false
    ) =>
        secret
            ? builder.Add(new ParameterResource(name))
            : throw new NotSupportedException(
                "The embedded engine makes up every parameter itself, so each is a secret."
            );

    /// <summary>Made up and kept, as every parameter is here; how long it is, the data folder knows.</summary>
    public static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder,
        string name,
        ParameterDefault value,
        bool secret = false,
        bool persist = false
    ) =>
        persist
            ? builder.AddParameter(name, secret)
            : throw new NotSupportedException("The embedded engine keeps every parameter that it makes up.");
}
