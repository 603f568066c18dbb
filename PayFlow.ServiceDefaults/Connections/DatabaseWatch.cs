using System.Diagnostics.Metrics;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace PayFlow.ServiceDefaults.Connections;

/// <summary>
/// Keeps one session with the database. It reads the database's time for <see cref="DatabaseClock"/>. Its end is the
/// first sign of an outage: the pools then drop their dead idle connections before a request uses them.
/// </summary>
internal sealed class DatabaseWatch<TContext>(
    string connectionName,
    IConfiguration configuration,
    DatabaseClock clock,
    NpgsqlDataSource pinned,
    IServiceScopeFactory scopes,
    ILogger<DatabaseWatch<TContext>> logger
) : DatabaseRounds(Retry, clock, logger)
    where TContext : DbContext
{
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan ReadInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(5);

    private static readonly Gauge<double> Ahead = new Meter("PayFlow.Database").CreateGauge<double>(
        "payflow.database.clock_ahead",
        "s",
        "How far this process's own clock is ahead of its database's; negative where it is behind"
    );

    private readonly NpgsqlDataSource _sessions = Sessions(configuration, connectionName);

    public override void Dispose()
    {
        base.Dispose();
        _sessions.Dispose();
    }

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        // What starts after this writes right times from its first row on. A database that is away holds nothing up.
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(StartTimeout);
        try
        {
            await using var session = await _sessions.OpenConnectionAsync(timeout.Token);
            await ReadClockAsync(session, timeout.Token);
        }
        catch (Exception away)
            when (away.IsOfDatabase()
                || (away is OperationCanceledException && !cancellationToken.IsCancellationRequested)
            )
        {
            Logger.LogWarning("The database's time could not be read at start: {Reason}", away.Message);
        }

        await base.StartAsync(cancellationToken);
    }

    protected override async Task RoundAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var session = await _sessions.OpenConnectionAsync(cancellationToken);
            // A connection that ended before this session began was not noticed.
            await DropIdleConnectionsAsync(cancellationToken);
            while (true)
            {
                await ReadClockAsync(session, cancellationToken);
                // Nobody sends it anything: it returns after the interval, or throws at once when the session ends.
                await session.WaitAsync(ReadInterval, cancellationToken);
            }
        }
        catch (Exception failure) when (failure.IsOfDatabase())
        {
            await DropIdleConnectionsAsync(cancellationToken);
            throw;
        }
    }

    private static NpgsqlDataSource Sessions(IConfiguration configuration, string connectionName)
    {
        var settings = ConnectionsExtensions.Parse(configuration.RequiredConnectionString(connectionName));
        settings.Pooling = false;
        settings.CommandTimeout = (int)(2 * ReadInterval).TotalSeconds;
        return ConnectionsExtensions
            .Observe(new NpgsqlDataSourceBuilder(settings.ConnectionString), $"{connectionName} watch")
            .Build();
    }

    private async Task ReadClockAsync(NpgsqlConnection session, CancellationToken cancellationToken)
    {
        await using var read = new NpgsqlCommand("select clock_timestamp()", session);
        var asked = clock.GetTimestamp();
        await using var reader = await read.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        Ahead.Record(
            clock.Take(await reader.GetFieldValueAsync<DateTimeOffset>(0, cancellationToken), asked).TotalSeconds
        );
    }

    /// <summary>
    /// Entity Framework keeps its pool to itself: Npgsql empties that one when a statement meets the first dead
    /// connection.
    /// </summary>
    private async Task DropIdleConnectionsAsync(CancellationToken cancellationToken)
    {
        pinned.Clear();
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            await scope
                .ServiceProvider.GetRequiredService<TContext>()
                .Database.ExecuteSqlAsync($"select 1", cancellationToken);
        }
        catch (Exception dead) when (dead.IsOfDatabase())
        {
            Logger.LogDebug("The idle connections are dropped: {Reason}", dead.Message);
        }
    }
}
