using System.Diagnostics.Metrics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace PayFlow.ServiceDefaults.Connections;

/// <summary>
/// The connection to Redis, which is optional. A call returns soon, with or without a result. After a failure no
/// request tries Redis until a background check finds it again.
/// </summary>
public sealed class RedisLink : BackgroundService
{
    public const string ConnectionName = "redis";

    public const string MeterName = "PayFlow.Redis";

    /// <summary>
    /// StackExchange.Redis takes no authority by connection string; everything else is its own keyword.
    /// </summary>
    private const string RootCertificate = "rootCertificate=";

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(1);

    private readonly RedisOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger<RedisLink> _logger;
    private readonly ConfigurationOptions _connection;
    private readonly Counter<long> _changes;
    private readonly Lock _gate = new();
    private ConnectionMultiplexer? _multiplexer;
    private volatile bool _isUp;
    private volatile bool _wasTold;

    public RedisLink(IConfiguration configuration, TimeProvider clock, IMeterFactory meters, ILogger<RedisLink> logger)
    {
        _options = configuration.GetSection("Redis").Get<RedisOptions>() ?? new RedisOptions();
        (_clock, _logger) = (clock, logger);
        _connection = Parse(configuration.RequiredConnectionString(ConnectionName));
        var meter = meters.Create(MeterName);
        meter.CreateObservableGauge(
            "payflow.redis.up",
            () => _isUp ? 1 : 0,
            description: "1 while Redis answers, 0 while this replica goes on without it"
        );
        _changes = meter.CreateCounter<long>(
            "payflow.redis.changes",
            description: "How often Redis went away or came back"
        );
    }

    public bool IsUp => _isUp;

    /// <summary>Whether the first check of Redis has ended.</summary>
    internal bool WasChecked => _wasTold;

    /// <summary>The connection, for what brings its own commands; only while <see cref="IsUp"/>.</summary>
    internal IConnectionMultiplexer Connection => _multiplexer!;

    /// <param name="connectionString">
    /// StackExchange.Redis's own, and <c>rootCertificate=FILE</c> for an authority that the machine does not know.
    /// </param>
    internal static ConfigurationOptions Parse(string connectionString)
    {
        var parts = connectionString.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var options = ConfigurationOptions.Parse(string.Join(',', parts.Where(part => !IsRoot(part))));
        if (Array.Find(parts, IsRoot) is { } root)
            options.TrustIssuer(root[RootCertificate.Length..]);
        options.ClientName = "payflow";
        options.AbortOnConnectFail = false;
        // During an outage a command fails at once instead of waiting in a queue.
        options.BacklogPolicy = BacklogPolicy.FailFast;
        options.ConnectTimeout = (int)ConnectTimeout.TotalMilliseconds;
        options.ReconnectRetryPolicy = new LinearRetry(250);
        return options;

        static bool IsRoot(string part) => part.StartsWith(RootCertificate, StringComparison.OrdinalIgnoreCase);
    }

    /// <returns>Null where Redis has no answer soon.</returns>
    public async ValueTask<T?> AskAsync<T>(Func<IDatabase, Task<T>> ask)
        where T : class?
    {
        if (!_isUp)
            return null;
        try
        {
            return await ask(Connection.GetDatabase()).WaitAsync(_options.Timeout, _clock);
        }
        catch (Exception away) when (IsAway(away))
        {
            Tell(false, away);
            return null;
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        _multiplexer?.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_options.CheckInterval, _clock);
        do
        {
            try
            {
                _multiplexer ??= await ConnectionMultiplexer.ConnectAsync(_connection);
                await _multiplexer
                    .GetDatabase()
                    .PingAsync()
                    .WaitAsync(
                        _options.Timeout > ConnectTimeout ? _options.Timeout : ConnectTimeout,
                        _clock,
                        stoppingToken
                    );
                Tell(true);
            }
            catch (Exception away) when (IsAway(away))
            {
                Tell(false, away);
            }
        } while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private static bool IsAway(Exception failure) =>
        failure is RedisException or TimeoutException or ObjectDisposedException;

    private void Tell(bool isUp, Exception? reason = null)
    {
        if (_isUp == isUp && _wasTold)
            return;
        lock (_gate)
        {
            if (_isUp == isUp && _wasTold)
                return;
            (_isUp, _wasTold) = (isUp, true);
        }

        _changes.Add(1);
        // Its message would give the address and half the state of the client.
        if (isUp)
            _logger.LogInformation("Redis is there: limits and cache are shared with the other replicas");
        else
            _logger.LogWarning(
                "Redis is away ({Reason}): limits and cache are this replica's own until it is back",
                reason!.GetType().Name
            );
    }
}
