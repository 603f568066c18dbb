using System.Globalization;

namespace Aspire.Hosting;

public static class ResourceBuilderExtensions
{
    public static IResourceBuilder<TDestination> WithReference<TDestination>(
        this IResourceBuilder<TDestination> builder,
        IResourceBuilder<IResourceWithConnectionString> source,
        string? connectionName = null,
        bool optional = false
    )
        where TDestination : IResourceWithEnvironment
    {
        var name = connectionName ?? source.Resource.Name;
        var user = builder.Resource.Name;
        Of(builder).Environment[$"ConnectionStrings__{name}"] = new(
            run =>
                run.ConnectionString(source.Resource, name, user)
                ?? (optional ? null : throw new InvalidOperationException($"No connection string for {name}.")),
            $"{{{source.Resource.Name}.connectionString}}"
        );
        if (source.Resource is KafkaServerResource)
            Of(builder).Environment["Messaging__InMemoryBroker"] = new(
                run => run.InMemoryBroker ? "true" : null,
                Published: null
            );
        return builder;
    }

    public static IResourceBuilder<TDestination> WithReference<TDestination>(
        this IResourceBuilder<TDestination> builder,
        IResourceBuilder<IResourceWithServiceDiscovery> source
    )
        where TDestination : IResourceWithEnvironment
    {
        Of(builder).Environment[$"services__{source.Resource.Name}__http__0"] = new(
            _ => Url((ProjectResource)source.Resource),
            $"{{{source.Resource.Name}.bindings.http.url}}"
        );
        return builder;
    }

    /// <summary>The embedded engine gives exactly these two kinds anyway.</summary>
    public static IResourceBuilder<TDestination> WithReferenceEnvironment<TDestination>(
        this IResourceBuilder<TDestination> builder,
        ReferenceEnvironmentInjectionFlags flags
    )
        where TDestination : IResourceWithEnvironment =>
        flags
        == (ReferenceEnvironmentInjectionFlags.ConnectionString | ReferenceEnvironmentInjectionFlags.ServiceDiscovery)
            ? builder
            : throw new NotSupportedException(
                "The embedded engine gives connection strings and service addresses, both or not at all."
            );

    public static IResourceBuilder<T> WaitFor<T>(
        this IResourceBuilder<T> builder,
        IResourceBuilder<IResource> dependency
    )
        where T : IResourceWithWaitSupport
    {
        Of(builder).WaitsFor.Add(dependency.Resource);
        return builder;
    }

    public static IResourceBuilder<T> WithEnvironment<T>(this IResourceBuilder<T> builder, string name, string? value)
        where T : IResourceWithEnvironment
    {
        Of(builder).Environment[name] = new(_ => value, value);
        return builder;
    }

    public static IResourceBuilder<T> WithEnvironment<T>(
        this IResourceBuilder<T> builder,
        string name,
        IResourceBuilder<ParameterResource> parameter
    )
        where T : IResourceWithEnvironment
    {
        Of(builder).Environment[name] = new(
            run => run.Secret(parameter.Resource.Name),
            $"{{{parameter.Resource.Name}.value}}"
        );
        return builder;
    }

    public static IResourceBuilder<T> WithArgs<T>(this IResourceBuilder<T> builder, params string[] args)
        where T : IResourceWithArgs =>
        builder.Resource is ContainerResource container
            ? builder.With(_ => container.Args = args)
            : throw new NotSupportedException("The embedded engine gives a project no arguments.");

    public static IResourceBuilder<T> WithHttpEndpoint<T>(
        this IResourceBuilder<T> builder,
        int? port = null,
        int? targetPort = null,
        string? name = null,
        string? env = null,
        bool? isProxied = null
    )
        where T : IResourceWithEndpoints
    {
        if (targetPort is not null || env is not null || name is not (null or "http"))
            throw new NotSupportedException("The embedded engine gives a project one endpoint, http, without a proxy.");
        if (builder.Resource is ProjectResource project)
            project.Port = port;
        return builder;
    }

    public static IResourceBuilder<T> WithHttpHealthCheck<T>(
        this IResourceBuilder<T> builder,
        string? path = null,
        int? statusCode = null,
        string? endpointName = null
    )
        where T : IResourceWithEndpoints
    {
        if (statusCode is not (null or 200) || endpointName is not (null or "http"))
            throw new NotSupportedException("The embedded engine asks the http endpoint and expects success.");
        if (builder.Resource is ProjectResource project)
            project.HealthPath = path ?? "/";
        return builder;
    }

    public static IResourceBuilder<T> WithExternalHttpEndpoints<T>(this IResourceBuilder<T> builder)
        where T : IResourceWithEndpoints
    {
        if (builder.Resource is ProjectResource project)
            project.IsExternal = true;
        return builder;
    }

    internal static IResourceBuilder<T> Add<T>(this IDistributedApplicationBuilder builder, T resource)
        where T : Resource
    {
        ((EmbeddedBuilder)builder).Resources.Add(resource);
        return new ResourceBuilder<T>(resource, builder);
    }

    internal static string Url(ProjectResource project) =>
        project.Port is { } port
            ? string.Create(CultureInfo.InvariantCulture, $"http://localhost:{port}")
            : throw new InvalidOperationException($"{project.Name} has no http endpoint.");

    internal static IResourceBuilder<T> With<T>(this IResourceBuilder<T> builder, Action<T> change)
        where T : IResource
    {
        change(builder.Resource);
        return builder;
    }

    private static Resource Of<T>(IResourceBuilder<T> builder)
        where T : IResource => (Resource)(IResource)builder.Resource;
}
