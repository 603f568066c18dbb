using Aspire.Hosting.Postgres;

namespace Aspire.Hosting;

public static class PostgresBuilderExtensions
{
    public static IResourceBuilder<PostgresServerResource> AddPostgres(
        this IDistributedApplicationBuilder builder,
        string name,
        IResourceBuilder<ParameterResource>? userName = null,
        IResourceBuilder<ParameterResource>? password = null,
        int? port = null
    ) =>
        userName is null && port is null
            ? builder.Add(new PostgresServerResource(name, password?.Resource))
            : throw new NotSupportedException("The embedded engine chooses the server's user and port.");

    public static IResourceBuilder<PostgresDatabaseResource> AddDatabase(
        this IResourceBuilder<PostgresServerResource> builder,
        string name,
        string? databaseName = null
    ) =>
        databaseName is null || databaseName == name
            ? builder.ApplicationBuilder.Add(new PostgresDatabaseResource(name, builder.Resource))
            : throw new NotSupportedException("The embedded engine names a database as its resource.");

    public static IResourceBuilder<PostgresServerResource> WithDataVolume(
        this IResourceBuilder<PostgresServerResource> builder,
        string? name = null,
        bool isReadOnly = false
    ) => builder.With(server => server.Volume = name);

    public static IResourceBuilder<T> WithPgAdmin<T>(
        this IResourceBuilder<T> builder,
        Action<IResourceBuilder<PgAdminContainerResource>>? configureContainer = null,
        string? containerName = null
    )
        where T : PostgresServerResource => builder;
}
