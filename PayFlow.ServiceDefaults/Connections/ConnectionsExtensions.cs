using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using PayFlow.ServiceDefaults.Tenancy;

namespace PayFlow.ServiceDefaults.Connections;

/// <summary>
/// Connects a service to PostgreSQL by connection name. With UseAspire=true it uses Aspire's client packages,
/// otherwise the plain ones. Both read <c>ConnectionStrings__NAME</c>.
/// </summary>
public static class ConnectionsExtensions
{
    // With the session of DatabaseWatch sixteen.
    private const int ReadPool = 15;
    private const int PinnedPool = 12;

    /// <summary>A statement that takes longer, in seconds, is cancelled.</summary>
    private const int StatementTimeout = 30;

    /// <summary>
    /// Release the locks of dead clients within ten seconds. PostgreSQL's default TCP keepalive would hold them for two
    /// hours after a power loss.
    /// </summary>
    private const string ReleaseLocksOfDeadClients =
        "-c idle_in_transaction_session_timeout=10s -c tcp_keepalives_idle=4 -c tcp_keepalives_interval=2 "
        + "-c tcp_keepalives_count=3";

    /// <summary>
    /// Registers the service's DbContext, an <see cref="NpgsqlDataSource"/> for set-based work with pinned plans, and
    /// the migrations, which run at start under an advisory lock with the connection <c>NAME-owner</c> before anything
    /// else starts.
    /// </summary>
    public static IHostApplicationBuilder AddServiceDatabase<TContext>(
        this IHostApplicationBuilder builder,
        string connectionName
    )
        where TContext : TenantDbContext
    {
#if USE_ASPIRE
        builder.AddNpgsqlDbContext<TContext>(
            connectionName,
            settings =>
            {
                settings.ConnectionString = Bounded(
                    builder.Configuration.RequiredConnectionString(connectionName),
                    ReadPool
                ).ConnectionString;
                // Each service decides which steps to retry; a general retry could apply one twice.
                settings.DisableRetry = true;
                // A short database outage must not take the pods out of service, so readiness excludes the database.
                settings.DisableHealthChecks = true;
                // Telemetry is set up in one place: spans are made only where a collector takes them.
                settings.DisableTracing = true;
                settings.DisableMetrics = true;
                settings.CommandTimeout = StatementTimeout;
            },
            options => Configure(options, connectionName)
        );
#else
        builder.Services.AddDbContextPool<TContext>(
            (services, options) =>
                Configure(
                    options.UseNpgsql(
                        Bounded(
                            services.GetRequiredService<IConfiguration>().RequiredConnectionString(connectionName),
                            ReadPool
                        ).ConnectionString
                    ),
                    connectionName
                )
        );
#endif
        builder.Services.WorkForCurrentTenant<TContext>();
        builder.Services.TryAddSingleton(services => PinnedPlans(services, connectionName));
        builder.GoByDatabaseTime();
        builder.Services.AddSingleton<IHostedService>(services =>
            ActivatorUtilities.CreateInstance<Migrations<TContext>>(services, connectionName)
        );
        builder.Services.AddSingleton<IHostedService>(services =>
            ActivatorUtilities.CreateInstance<DatabaseWatch<TContext>>(services, connectionName)
        );
        return builder;
    }

    /// <summary>
    /// A pooled context gets the tenant of its scope. Both registrations of the pool above are scoped factories.
    /// </summary>
    private static void WorkForCurrentTenant<TContext>(this IServiceCollection services)
        where TContext : TenantDbContext
    {
        services.TryAddScoped<CurrentTenant>();
        var pooled = services.Last(service => service.ServiceType == typeof(TContext));
        services.Remove(pooled);
        services.AddScoped(scope =>
            (TContext)
                ((TContext)pooled.ImplementationFactory!(scope)).WorkFor(scope.GetRequiredService<CurrentTenant>())
        );
    }

    /// <summary>Registers the database's time as the <see cref="TimeProvider"/>.</summary>
    private static void GoByDatabaseTime(this IHostApplicationBuilder builder)
    {
        var process =
            builder
                .Services.LastOrDefault(service => service.ServiceType == typeof(TimeProvider))
                ?.ImplementationInstance as TimeProvider;
        builder.Services.RemoveAll<TimeProvider>();
        builder.Services.AddSingleton(new DatabaseClock(process ?? TimeProvider.System));
        builder.Services.AddSingleton<TimeProvider>(services => services.GetRequiredService<DatabaseClock>());
    }

    internal static string RequiredConnectionString(this IConfiguration configuration, string name) =>
        configuration.GetConnectionString(name)
        ?? throw new InvalidOperationException(
            $"There is no connection string '{name}'. Start PayFlow through PayFlow.AppHost, or set "
                + $"ConnectionStrings__{name}."
        );

    /// <summary>
    /// Disables Kerberos encryption, whose library the images lack. Also stops waiting after a cancelled commit, which
    /// Npgsql would report as done although no standby has it (docs/adr/0010-a-commit-that-was-broken-off.md). Settings
    /// in the connection string win.
    /// </summary>
    internal static NpgsqlConnectionStringBuilder Parse(string connectionString)
    {
        var connection = new NpgsqlConnectionStringBuilder(connectionString);
        if (!connection.ShouldSerialize("Cancellation Timeout"))
            connection.CancellationTimeout = -1;
        if (!connection.ShouldSerialize("GSS Encryption Mode"))
            connection.GssEncryptionMode = GssEncryptionMode.Disable;
        return connection;
    }

    /// <summary>
    /// Entity Framework's failure logs are off: the code that knows the meaning of a failure logs it once. A constraint
    /// violation may be an expected result, such as an existing account. Unexpected failures are logged with their
    /// request or round.
    /// </summary>
    private static void Configure(DbContextOptionsBuilder options, string connectionName) =>
        options
            .UseNpgsql(npgsql => npgsql.ConfigureDataSource(pool => Observe(pool, $"{connectionName} reads")))
            .UseSnakeCaseNamingConvention()
            .ConfigureWarnings(warnings =>
                warnings.Log(
                    (RelationalEventId.ConnectionError, LogLevel.Debug),
                    (RelationalEventId.CommandError, LogLevel.Debug),
                    (RelationalEventId.TransactionError, LogLevel.Debug),
                    (CoreEventId.QueryIterationFailed, LogLevel.Debug),
                    (CoreEventId.SaveChangesFailed, LogLevel.Debug)
                )
            );

    /// <summary>
    /// Limits the pool, so that a burst of requests waits here instead of being refused by the server. All services
    /// together stay below PostgreSQL's default of 100 connections. Settings in the connection string win.
    /// </summary>
    private static NpgsqlConnectionStringBuilder Bounded(string connectionString, int size)
    {
        var connection = Parse(connectionString);
        if (!connection.ShouldSerialize("Maximum Pool Size"))
            connection.MaxPoolSize = size;
        if (!connection.ShouldSerialize("Command Timeout"))
            connection.CommandTimeout = StatementTimeout;
        if (!connection.ShouldSerialize("Options"))
            connection.Options = ReleaseLocksOfDeadClients;
        return connection;
    }

    /// <summary>
    /// Set-based statements join an array of any length to a table by its key. PostgreSQL would plan them on the
    /// statistics of the day, and a plan prepared on an empty table sticks; so their plans are pinned: generic, by
    /// index, nested loops.
    /// </summary>
    private static NpgsqlDataSource PinnedPlans(IServiceProvider services, string connectionName)
    {
        var connection = Bounded(
            services.GetRequiredService<IConfiguration>().RequiredConnectionString(connectionName),
            PinnedPool
        );
        connection.MaxAutoPrepare = 64;
        connection.AutoPrepareMinUsages = 2;
        // No setting here outlives its transaction, and a reset costs a third of a small batch.
        connection.NoResetOnClose = true;
        connection.Options +=
            " -c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c enable_hashjoin=off "
            + "-c enable_mergejoin=off -c jit=off";
        return Observe(
                new NpgsqlDataSourceBuilder(connection.ConnectionString).UseLoggerFactory(
                    services.GetRequiredService<ILoggerFactory>()
                ),
                connectionName
            )
            .Build();
    }

    /// <summary>
    /// The pool's metrics carry a name; otherwise they would carry the connection string. And a statement makes a span
    /// only within a trace: a service asks by itself several times a second, and each of those would be a trace that
    /// hides the payments.
    /// </summary>
    internal static NpgsqlDataSourceBuilder Observe(NpgsqlDataSourceBuilder pool, string name)
    {
        pool.Name = name;
        return pool.ConfigureTracing(tracing =>
            tracing
                .ConfigureCommandFilter(_ => Activity.Current is not null)
                .ConfigureBatchFilter(_ => Activity.Current is not null)
        );
    }
}
