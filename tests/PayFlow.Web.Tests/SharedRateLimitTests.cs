using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PayFlow.ServiceDefaults.Connections;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.Tests;
using PayFlow.Web.RateLimiting;
using StackExchange.Redis;

namespace PayFlow.Web.Tests;

/// <summary>
/// Replicas that share a real Redis count together; while it is away each counts by itself, and nobody notices.
/// </summary>
public sealed class SharedRateLimitTests : IAsyncLifetime
{
    private const string Path = "/api/v1/transactions";
    private const string SignIn = "/api/v1/auth/sign-in";

    // So slow that nothing comes back while a test runs.
    private const double Never = 0.001;

    /// <summary>
    /// What the client of Redis itself would wait for an answer here: nobody may be seen to wait that long.
    /// </summary>
    private static readonly TimeSpan ClientTimeout = TimeSpan.FromMinutes(2);

    /// <summary>
    /// Longer than any machine takes for requests that do not wait, and far shorter than <see cref="ClientTimeout"/>.
    /// </summary>
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    private readonly RedisServer _redis = new();
    private readonly List<Replica> _replicas = [];

    public async ValueTask InitializeAsync() => await _redis.StartAsync();

    public async ValueTask DisposeAsync()
    {
        foreach (var replica in _replicas)
            await replica.DisposeAsync();
        _redis.Dispose();
    }

    [Fact]
    public async Task Replicas_let_through_together_what_one_bucket_holds_and_say_so_in_the_same_form()
    {
        var (one, other) = (await ReplicaAsync(), await ReplicaAsync());
        var first = await one.Limits.AskAsync(SignIn, "10.0.0.1");
        Assert.Equal(
            ("\"sign-in\";q=20;w=20000", "\"sign-in\";r=19;t=1000"),
            (first.Response.Headers["RateLimit-Policy"].ToString(), first.Response.Headers["RateLimit"].ToString())
        );
        var accepted = await Task.WhenAll(
            Enumerable.Range(0, 40).Select(i => (i % 2 == 0 ? one : other).Limits.AcceptedAsync(1, SignIn, "10.0.0.1"))
        );
        Assert.Equal(19, accepted.Sum());
        var refused = await other.Limits.AskAsync(SignIn, "10.0.0.1");
        Assert.Equal(
            (429, "1000", "\"sign-in\";r=0;t=20000"),
            (
                refused.Response.StatusCode,
                refused.Response.Headers.RetryAfter.ToString(),
                refused.Response.Headers["RateLimit"].ToString()
            )
        );
        // Others have their own.
        Assert.Equal(20, await other.Limits.AcceptedAsync(30, SignIn, "10.0.0.2"));
    }

    [Fact]
    public async Task Who_asks_often_costs_a_round_trip_now_and_then()
    {
        var (one, other) = (await ReplicaAsync(), await ReplicaAsync());
        var user = UserId.New(TimeProvider.System);
        var accepted = await Task.WhenAll(
            new[] { one, other }.SelectMany(replica =>
                Enumerable
                    .Range(0, 8)
                    .Select(_ => Task.Run(() => replica.Limits.AcceptedAsync(50, Path, "10.0.0.1", user)))
            )
        );
        // Never above the bucket; below it by no more than what the replicas may have leased and not spent.
        Assert.InRange(accepted.Sum(), 400 - (2 * 400 / SharedBuckets.ShareOfBurst), 400);
        Assert.InRange(await ScriptsAsync(), 1, 200);
    }

    [Fact]
    public async Task Tokens_come_back_at_their_pace_by_the_clock_of_Redis()
    {
        var replica = await ReplicaAsync(perSecond: 1000);
        Assert.Equal(20, await replica.Limits.AcceptedAsync(20, SignIn, "10.0.0.1"));
        await Eventually.HoldsAsync(async () =>
            (await replica.Limits.AskAsync(SignIn, "10.0.0.1")).Response.Headers["RateLimit"] == "\"sign-in\";r=19;t=1"
        );
    }

    [Fact]
    public async Task Redis_killed_under_load_fails_and_slows_no_request_and_limits_hold_in_each_replica()
    {
        var (one, other) = (await ReplicaAsync(), await ReplicaAsync());
        var slowest = new ConcurrentBag<TimeSpan>();
        using var end = new CancellationTokenSource();
        // People of their own each, so that every request is one that a limit lets through.
        var load = Enumerable
            .Range(0, 4)
            .Select(worker =>
                Task.Run(async () =>
                {
                    for (var i = 0; !end.IsCancellationRequested; i++)
                    {
                        var started = Stopwatch.GetTimestamp();
                        var answer = await (i % 2 == 0 ? one : other).Limits.AskAsync(
                            Path,
                            "10.0.0.1",
                            UserId.New(TimeProvider.System)
                        );
                        slowest.Add(Stopwatch.GetElapsedTime(started));
                        Assert.Equal(200, answer.Response.StatusCode);
                    }
                })
            )
            .ToList();

        await Eventually.HoldsAsync(() => slowest.Count > 200);
        _redis.Kill();
        await Eventually.HoldsAsync(() => !one.Link.IsUp && !other.Link.IsUp);
        Assert.Equal(20, await one.Limits.AcceptedAsync(30, SignIn, "10.0.0.3"));
        Assert.Equal(20, await other.Limits.AcceptedAsync(30, SignIn, "10.0.0.3"));

        await _redis.StartAsync();
        await Eventually.HoldsAsync(() => one.Link.IsUp && other.Link.IsUp);
        var together = await Task.WhenAll(
            one.Limits.AcceptedAsync(15, SignIn, "10.0.0.4"),
            other.Limits.AcceptedAsync(15, SignIn, "10.0.0.4")
        );
        Assert.Equal(20, together.Sum());
        await end.CancelAsync();
        await Task.WhenAll(load);
        Assert.InRange(slowest.Max(), TimeSpan.Zero, Soon);
        // Once a change, however many requests met it.
        Assert.Equal(
            ["there", "away", "there"],
            one.Log.Select(line => line.Contains("is away", StringComparison.Ordinal) ? "away" : "there")
        );
        Assert.Equal(3, one.Changes);
    }

    [Fact]
    public async Task A_Redis_that_hangs_is_waited_for_once()
    {
        var replica = await ReplicaAsync(patience: TimeSpan.FromSeconds(2));
        Assert.Equal(1, await replica.Limits.AcceptedAsync(1, SignIn, "10.0.0.1"));
        _redis.Pause();
        try
        {
            var started = Stopwatch.GetTimestamp();
            Assert.Equal(19, await replica.Limits.AcceptedAsync(30, SignIn, "10.0.0.1"));
            Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, Soon);
            Assert.False(replica.Link.IsUp);
        }
        finally
        {
            _redis.GoOn();
        }

        await Eventually.HoldsAsync(() => replica.Link.IsUp);
    }

    [Fact]
    public async Task A_Redis_that_is_not_there_at_the_start_is_found_when_it_comes()
    {
        _redis.Kill();
        var (one, other) = (await ReplicaAsync(awaited: false), await ReplicaAsync(awaited: false));
        Assert.Equal(20, await one.Limits.AcceptedAsync(30, SignIn, "10.0.0.1"));
        await _redis.StartAsync();
        await Eventually.HoldsAsync(() => one.Link.IsUp && other.Link.IsUp);
        Assert.Equal(
            20,
            await one.Limits.AcceptedAsync(15, SignIn, "10.0.0.2")
                + await other.Limits.AcceptedAsync(15, SignIn, "10.0.0.2")
        );
    }

    private async Task<int> ScriptsAsync()
    {
        await using var admin = await ConnectionMultiplexer.ConnectAsync(_redis.ConnectionString + ",allowAdmin=true");
        var stats = (await admin.GetServers()[0].InfoAsync("commandstats"))
            .SelectMany(group => group)
            .Where(line => line.Key.StartsWith("cmdstat_eval", StringComparison.Ordinal));
        return stats.Sum(line => int.Parse(line.Value.Split(',')[0]["calls=".Length..], CultureInfo.InvariantCulture));
    }

    /// <param name="patience">Long unless told, as a busy machine must not look like a Redis that is away.</param>
    private async Task<Replica> ReplicaAsync(double perSecond = Never, TimeSpan? patience = null, bool awaited = true)
    {
        var replica = new Replica(_redis.ConnectionString, perSecond, patience ?? TimeSpan.FromSeconds(1.5));
        _replicas.Add(replica);
        await replica.Link.StartAsync(TestContext.Current.CancellationToken);
        if (awaited)
            await Eventually.HoldsAsync(() => replica.Link.IsUp);
        return replica;
    }

    /// <summary>What one Web has of all this.</summary>
    private sealed class Replica : ILoggerProvider, ILogger, IAsyncDisposable
    {
        private readonly ServiceProvider _services;
        private readonly System.Diagnostics.Metrics.MeterListener _meters = new();
        private int _changes;

        public Replica(string redis, double perSecond, TimeSpan patience)
        {
            var clientTimeout = ClientTimeout.TotalMilliseconds;
            var configuration = new ConfigurationBuilder()
                .AddInMemoryCollection(
                    new Dictionary<string, string?>
                    {
                        ["ConnectionStrings:redis"] = string.Create(
                            CultureInfo.InvariantCulture,
                            $"{redis},asyncTimeout={clientTimeout},syncTimeout={clientTimeout}"
                        ),
                        ["Redis:Timeout"] = patience.ToString(),
                        ["Redis:CheckInterval"] = "00:00:00.050",
                    }
                )
                .Build();
            _services = new ServiceCollection()
                .AddMetrics()
                .AddLogging(logging => logging.AddProvider(this))
                .BuildServiceProvider();
            Link = ActivatorUtilities.CreateInstance<RedisLink>(_services, configuration, TimeProvider.System);
            _meters.InstrumentPublished = (instrument, listener) =>
            {
                if (
                    instrument.Name == "payflow.redis.changes"
                    && instrument.Meter.Scope
                        == _services.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>()
                )
                    listener.EnableMeasurementEvents(instrument);
            };
            _meters.SetMeasurementEventCallback<long>((_, count, _, _) => Interlocked.Add(ref _changes, (int)count));
            _meters.Start();
            Limits = new RateLimits(
                Options.Create(
                    new RateLimitOptions
                    {
                        User = new BucketOptions { Burst = 400, PerSecond = perSecond },
                        SignIn = new BucketOptions { Burst = 20, PerSecond = perSecond },
                    }
                ),
                new SharedBuckets(Link, TimeProvider.System)
            );
        }

        public RedisLink Link { get; }

        public RateLimits Limits { get; }

        public ConcurrentQueue<string> Log { get; } = new();

        public int Changes => _changes;

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        void ILogger.Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            if (IsEnabled(logLevel))
                Log.Enqueue(formatter(state, exception));
        }

        public void Dispose()
        {
            // With the services, of which it is one; DisposeAsync ends the rest.
        }

        public async ValueTask DisposeAsync()
        {
            await Link.StopAsync(CancellationToken.None);
            Link.Dispose();
            Limits.Dispose();
            _meters.Dispose();
            await _services.DisposeAsync();
        }
    }
}
