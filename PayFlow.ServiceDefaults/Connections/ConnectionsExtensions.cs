using System.Diagnostics;
using Confluent.Kafka;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using PayFlow.ServiceDefaults.Messaging;

namespace PayFlow.ServiceDefaults.Connections;

/// <summary>
/// How a service gets at PostgreSQL and Kafka by connection name: the one place where UseAspire=true takes Aspire's client
/// packages and the default mode the plain ones. Both read <c>ConnectionStrings__NAME</c>.
/// </summary>
public static class ConnectionsExtensions
{
    // With the session of DatabaseWatch sixteen.
    private const int ReadPool = 15;
    private const int PinnedPool = 12;

    /// <summary>A statement that takes longer, in seconds, is cancelled.</summary>
    private const int StatementPatience = 30;

    /// <summary>
    /// Release the locks of dead clients within ten seconds. PostgreSQL's default TCP keepalive would hold them for two
    /// hours after a power loss.
    /// </summary>
    private const string LetGo =
        "-c idle_in_transaction_session_timeout=10s -c tcp_keepalives_idle=4 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3";

    /// <summary>
    /// Registers the service's DbContext, an <see cref="NpgsqlDataSource"/> for set-based work with pinned plans, and the
    /// migrations, which run at start under an advisory lock with the connection <c>NAME-owner</c> before anything else starts.
    /// </summary>
    public static IHostApplicationBuilder AddServiceDatabase<TContext>(
        this IHostApplicationBuilder builder,
        string connectionName
    )
        where TContext : DbContext
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
                // A service says itself which of its steps may be repeated; a blind retry could apply one twice.
                settings.DisableRetry = true;
                // Readiness is the service's own word: a database that is away for a moment must not take its pods out of service.
                settings.DisableHealthChecks = true;
                // Telemetry is set up in one place: spans are made only where a collector takes them.
                settings.DisableTracing = true;
                settings.DisableMetrics = true;
                settings.CommandTimeout = StatementPatience;
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

    /// <summary>Whatever asks for a <see cref="TimeProvider"/> gets the database's time.</summary>
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

    internal static IHostApplicationBuilder AddProducer(this IHostApplicationBuilder builder)
    {
#if USE_ASPIRE
        // Aspire's package takes the connection string at once. Without one, the registration below says what is missing.
        if (builder.Configuration.GetConnectionString(MessagingOptions.ConnectionName) is { } connectionString)
        {
            builder.AddKafkaProducer<string, byte[]>(
                MessagingOptions.ConnectionName,
                settings =>
                {
                    KafkaClients.Configure(settings.Config);
                    var connection = KafkaConnection.Parse(connectionString);
                    connection.ApplyTo(settings.Config);
                    settings.ConnectionString = connection.Servers;
                    // Messaging has its own health check, metrics and spans, which carry the outbox's trace context.
                    settings.DisableHealthChecks = true;
                    settings.DisableMetrics = true;
                    settings.DisableTracing = true;
                }
            );
            return builder;
        }
#endif
        builder.Services.TryAddSingleton(services =>
        {
            var config = services.GetRequiredService<IConfiguration>().RequiredKafka().ApplyTo(new ProducerConfig());
            KafkaClients.Configure(config);
            return new ProducerBuilder<string, byte[]>(config)
                .SetLogHandler(services.GetRequiredService<ILoggerFactory>().LogKafka)
                .Build();
        });
        return builder;
    }

    internal static KafkaConnection RequiredKafka(this IConfiguration configuration) =>
        KafkaConnection.Parse(configuration.RequiredConnectionString(MessagingOptions.ConnectionName));

    internal static string RequiredConnectionString(this IConfiguration configuration, string name) =>
        configuration.GetConnectionString(name)
        ?? throw new InvalidOperationException(
            $"There is no connection string '{name}'. Start PayFlow through PayFlow.AppHost, or set ConnectionStrings__{name}."
        );

    /// <summary>
    /// Npgsql asks for Kerberos' encryption first, by a library that the images do not have. And it takes a commit for done that its
    /// own patience broke off while no standby had it (docs/adr/0010); so after that it must not wait for an answer. A connection
    /// string that names either keeps it.
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
    /// A failure is logged where its meaning is known, once. A constraint's word may be an answer, such as that somebody has an account
    /// already, and is no error then. An unexpected failure is logged with the request or the round that it ended.
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
    /// A burst of requests waits for a connection here, for a moment, rather than being refused by the server: all services
    /// together stay below PostgreSQL's default of 100. A connection string that names a size or a timeout of its own keeps it.
    /// </summary>
    private static NpgsqlConnectionStringBuilder Bounded(string connectionString, int size)
    {
        var connection = Parse(connectionString);
        if (!connection.ShouldSerialize("Maximum Pool Size"))
            connection.MaxPoolSize = size;
        if (!connection.ShouldSerialize("Command Timeout"))
            connection.CommandTimeout = StatementPatience;
        if (!connection.ShouldSerialize("Options"))
            connection.Options = LetGo;
        return connection;
    }

    /// <summary>
    /// Set-based statements join an array of any length to a table by its key. PostgreSQL would plan them on the statistics of
    /// the day, and a plan prepared on an empty table sticks; so their plans are pinned: generic, by index, nested loops.
    /// </summary>
    private static NpgsqlDataSource PinnedPlans(IServiceProvider services, string connectionName)
    {
        var connection = Bounded(
            services.GetRequiredService<IConfiguration>().RequiredConnectionString(connectionName),
            PinnedPool
        );
        connection.MaxAutoPrepare = 64;
        connection.AutoPrepareMinUsages = 2;
        // Nothing that is set here outlives its transaction, and resetting what was not set costs a third of a small batch.
        connection.NoResetOnClose = true;
        connection.Options +=
            " -c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c jit=off";
        return Observe(
                new NpgsqlDataSourceBuilder(connection.ConnectionString).UseLoggerFactory(
                    services.GetRequiredService<ILoggerFactory>()
                ),
                connectionName
            )
            .Build();
    }

    /// <summary>
    /// The pool's metrics carry a name; otherwise they would carry the connection string. And a statement makes a span only within a
    /// trace: a service asks by itself several times a second, and each of those would be a trace that hides the payments.
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
