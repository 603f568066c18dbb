using System.Globalization;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

public static class ParameterResourceBuilderExtensions
{
    public static IResourceBuilder<ParameterResource> AddParameter(this IDistributedApplicationBuilder builder, string name, bool secret = false) =>
        builder.Add(new ParameterResource(name, secret));
}

public static class PostgresBuilderExtensions
{
    public static IResourceBuilder<PostgresServerResource> AddPostgres(
        this IDistributedApplicationBuilder builder, string name, IResourceBuilder<ParameterResource>? userName = null, IResourceBuilder<ParameterResource>? password = null, int? port = null) =>

        // User, password and port are the container's: the embedded server makes its own.
        Ignore(builder.Add(new PostgresServerResource(name)), userName, password, port);

    public static IResourceBuilder<PostgresDatabaseResource> AddDatabase(this IResourceBuilder<PostgresServerResource> builder, string name, string? databaseName = null) =>
        databaseName is null || databaseName == name
            ? builder.Application().Add(new PostgresDatabaseResource(name, builder.Resource))
            : throw new NotSupportedException("The embedded engine names a database as its resource.");

    public static IResourceBuilder<PostgresServerResource> WithDataVolume(this IResourceBuilder<PostgresServerResource> builder, string? name = null, bool isReadOnly = false) =>
        Ignore(builder, name, isReadOnly);

    internal static T Ignore<T>(T builder, params ReadOnlySpan<object?> containerOnly) => containerOnly.Length >= 0 ? builder : throw new InvalidOperationException();
}

public static class KafkaBuilderExtensions
{
    public static IResourceBuilder<KafkaServerResource> AddKafka(this IDistributedApplicationBuilder builder, string name, int? port = null) =>
        PostgresBuilderExtensions.Ignore(builder.Add(new KafkaServerResource(name)), port);

    public static IResourceBuilder<KafkaServerResource> WithDataVolume(this IResourceBuilder<KafkaServerResource> builder, string? name = null, bool isReadOnly = false) =>
        PostgresBuilderExtensions.Ignore(builder, name, isReadOnly);
}

public static class ContainerResourceBuilderExtensions
{
    public static IResourceBuilder<T> WithImageTag<T>(this IResourceBuilder<T> builder, string tag)
        where T : ContainerResource => PostgresBuilderExtensions.Ignore(builder, tag);
}

public static class ProjectResourceBuilderExtensions
{
    public static IResourceBuilder<ProjectResource> AddProject<TProject>(this IDistributedApplicationBuilder builder, string name, string? launchProfileName)
        where TProject : IProjectMetadata, new() =>
        PostgresBuilderExtensions.Ignore(builder.Add(new ProjectResource(name) { ProjectPath = new TProject().ProjectPath }), launchProfileName);
}

public static class ResourceBuilderExtensions
{
    public static IResourceBuilder<TDestination> WithReference<TDestination>(
        this IResourceBuilder<TDestination> builder, IResourceBuilder<IResourceWithConnectionString> source, string? connectionName = null, bool optional = false)
        where TDestination : IResourceWithEnvironment
    {
        var name = connectionName ?? source.Resource.Name;
        Of(builder).Environment[$"ConnectionStrings__{name}"] = run => run.ConnectionString(source.Resource, name) ?? (optional ? null : throw new InvalidOperationException($"No connection string for {name}."));
        if (source.Resource is KafkaServerResource) Of(builder).Environment["Messaging__InMemoryBroker"] = run => run.InMemoryBroker ? "true" : null;
        return builder;
    }

    public static IResourceBuilder<TDestination> WithReference<TDestination>(this IResourceBuilder<TDestination> builder, IResourceBuilder<IResourceWithServiceDiscovery> source)
        where TDestination : IResourceWithEnvironment
    {
        Of(builder).Environment[$"services__{source.Resource.Name}__http__0"] = _ => Url((ProjectResource)source.Resource);
        return builder;
    }

    public static IResourceBuilder<TDestination> WithReferenceEnvironment<TDestination>(this IResourceBuilder<TDestination> builder, ReferenceEnvironmentInjectionFlags flags)
        where TDestination : IResourceWithEnvironment => PostgresBuilderExtensions.Ignore(builder, flags);

    public static IResourceBuilder<T> WaitFor<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResource> dependency)
        where T : IResourceWithWaitSupport
    {
        Of(builder).WaitsFor.Add(dependency.Resource);
        return builder;
    }

    public static IResourceBuilder<T> WithEnvironment<T>(this IResourceBuilder<T> builder, string name, string? value)
        where T : IResourceWithEnvironment
    {
        Of(builder).Environment[name] = _ => value;
        return builder;
    }

    public static IResourceBuilder<T> WithEnvironment<T>(this IResourceBuilder<T> builder, string name, IResourceBuilder<ParameterResource> parameter)
        where T : IResourceWithEnvironment
    {
        Of(builder).Environment[name] = run => run.Secret(parameter.Resource.Name);
        return builder;
    }

    public static IResourceBuilder<T> WithHttpEndpoint<T>(this IResourceBuilder<T> builder, int? port = null, int? targetPort = null, string? name = null, string? env = null, bool? isProxied = null)
        where T : IResourceWithEndpoints
    {
        if (builder.Resource is ProjectResource project) project.Port = port ?? targetPort;
        return PostgresBuilderExtensions.Ignore(builder, name, env, isProxied);
    }

    public static IResourceBuilder<T> WithHttpHealthCheck<T>(this IResourceBuilder<T> builder, string? path = null, int? statusCode = null, string? endpointName = null)
        where T : IResourceWithEndpoints
    {
        if (builder.Resource is ProjectResource project) project.HealthPath = path ?? "/";
        return PostgresBuilderExtensions.Ignore(builder, statusCode, endpointName);
    }

    public static IResourceBuilder<T> WithExternalHttpEndpoints<T>(this IResourceBuilder<T> builder)
        where T : IResourceWithEndpoints => builder;

    internal static IResourceBuilder<T> Add<T>(this IDistributedApplicationBuilder builder, T resource)
        where T : Resource
    {
        ((EmbeddedBuilder)builder).Resources.Add(resource);
        return new ResourceBuilder<T>(resource, builder);
    }

    internal static IDistributedApplicationBuilder Application(this IResourceBuilder<PostgresServerResource> builder) => ((ResourceBuilder<PostgresServerResource>)builder).Application;

    internal static string Url(ProjectResource project) => string.Create(CultureInfo.InvariantCulture, $"http://localhost:{project.Port}");

    private static Resource Of<T>(IResourceBuilder<T> builder)
        where T : IResource => (Resource)(IResource)builder.Resource;
}
