using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using PayFlow.ServiceDefaults.AuditChain;

namespace PayFlow.ServiceDefaults.Connections;

/// <summary>
/// Migrates the database before anything else of the service starts. Replicas that start together queue on an advisory
/// lock; the first one migrates, the others find nothing to do. In a cluster the serving process has
/// <c>Migrate=never</c> and no owner's connection: a process with <c>Migrate=only</c> runs before it and ends here.
/// </summary>
internal sealed class Migrations<TContext>(
    string connectionName,
    IConfiguration configuration,
    TimeProvider clock,
    ILogger<Migrations<TContext>> logger
) : IHostedLifecycleService
    where TContext : DbContext
{
    private static readonly TimeSpan LockRetry = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        var mode = configuration["Migrate"];
        if (mode is not (null or "only" or "never"))
            throw new InvalidOperationException($"Migrate is 'only' or 'never', not '{mode}'.");
        if (mode == "never")
            return;
        var service = new NpgsqlConnectionStringBuilder(configuration.RequiredConnectionString(connectionName));
        var owner = ConnectionsExtensions
            .Parse(configuration.GetConnectionString($"{connectionName}-owner") ?? service.ConnectionString)
            .ConnectionString;
        var deadline = clock.GetUtcNow() + Timeout;
        while (true)
        {
            try
            {
                await MigrateAsync(owner, service.Username!, cancellationToken);
                break;
            }
            catch (NpgsqlException notYet) when (notYet.IsTransient && clock.GetUtcNow() < deadline)
            {
                logger.LogWarning(
                    "The database {Database} is not there yet ({Reason}); trying again",
                    connectionName,
                    notYet.Message
                );
                await Task.Delay(TimeSpan.FromSeconds(1), clock, cancellationToken);
            }
        }

        // Nothing of the service has started yet, so there is nothing to stop.
        if (mode == "only")
            Environment.Exit(0);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task MigrateAsync(string owner, string serviceRole, CancellationToken cancellationToken)
    {
        // The pool's metrics carry this name; otherwise they would carry the connection string.
        await using var pool = new NpgsqlDataSourceBuilder(owner) { Name = $"{connectionName} migrations" }.Build();
        await using var lockHolder = await pool.OpenConnectionAsync(cancellationToken);
        var key = BinaryPrimitives.ReadInt64LittleEndian(
            SHA256.HashData(Encoding.UTF8.GetBytes($"payflow migrations {connectionName}"))
        );
        await LockAsync(lockHolder, key, cancellationToken);

        var options = new DbContextOptionsBuilder<TContext>().UseNpgsql(pool).UseSnakeCaseNamingConvention().Options;
        await using var context = ActivatorUtilities.CreateInstance<TContext>(EmptyServices.Instance, options);
        // Made first, or the database's own log would begin with an error about a table that cannot be there yet.
        await context.GetService<IHistoryRepository>().CreateIfNotExistsAsync(cancellationToken);
        await context.Database.MigrateAsync(cancellationToken);

        // The serving role may only read and write rows of the model's tables; the owner migrates. Tables of
        // another version stay as they are, because that version serves until its replicas have ended.
        if (!string.Equals(serviceRole, new NpgsqlConnectionStringBuilder(owner).Username, StringComparison.Ordinal))
        {
            var quote = new NpgsqlCommandBuilder();
            var role = quote.QuoteIdentifier(serviceRole);
            var grants = context
                .Model.GetEntityTypes()
                .Select(entity =>
                {
                    var table = quote.QuoteIdentifier(entity.GetTableName()!);
                    var isAppendOnly = entity.FindAnnotation(AuditTables.AppendOnlyAnnotation) is not null;
                    var rights = isAppendOnly ? "select, insert" : "select, insert, update, delete";
                    return $"revoke all on {table} from {role}; grant {rights} on {table} to {role};";
                });
            // One implicit transaction: replicas that serve meanwhile see the old grants or the new ones.
            await ExecuteAsync(
                lockHolder,
                $"grant usage on schema public to {role}; {string.Concat(grants)} "
                    + $"grant usage, select on all sequences in schema public to {role}",
                cancellationToken
            );
        }

        await ExecuteAsync(lockHolder, $"select pg_advisory_unlock({key})", cancellationToken);
    }

    /// <summary>
    /// Tries again and again rather than waits: a statement that waits holds a snapshot, and an index that is created
    /// concurrently waits for the end of all older snapshots. Both would wait for each other.
    /// </summary>
    private async Task LockAsync(NpgsqlConnection lockHolder, long key, CancellationToken cancellationToken)
    {
        while (true)
        {
            await using var attempt = new NpgsqlCommand($"select pg_try_advisory_lock({key})", lockHolder);
            if (await attempt.ExecuteScalarAsync(cancellationToken) is true)
                return;
            await Task.Delay(LockRetry, clock, cancellationToken);
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private sealed class EmptyServices : IServiceProvider
    {
        public static readonly EmptyServices Instance = new();

        public object? GetService(Type serviceType) => null;
    }
}
