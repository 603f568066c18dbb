using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PayFlow.ServiceDefaults.Caching;
using PayFlow.ServiceDefaults.Connections;
using PayFlow.Tests;

namespace PayFlow.ServiceDefaults.Tests;

/// <summary>
/// What is kept is what was read, until an event says otherwise, in one replica and in two that share a real Redis.
/// </summary>
public sealed class ReadCacheTests : IAsyncLifetime
{
    private const string Area = "payees";

    private readonly RedisServer _redis = new();
    private readonly List<IHost> _replicas = [];

    private sealed record Payee(string Name);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var replica in _replicas)
        {
            await replica.StopAsync(CancellationToken.None);
            replica.Dispose();
        }

        _redis.Dispose();
    }

    [Fact]
    public async Task What_was_read_is_kept_until_it_is_forgotten_and_nothing_else_is()
    {
        var cache = await ReplicaAsync();
        Assert.Equal("Neha", await ReadAsync(cache, "@neha", "Neha"));
        Assert.Equal("Asha", await ReadAsync(cache, "@asha", "Asha"));
        Assert.Equal("Neha", await ReadAsync(cache, "@neha", "Neha Rao"));
        cache.Forget(Area, ["@neha"]);
        Assert.Equal("Neha Rao", await ReadAsync(cache, "@neha", "Neha Rao"));
        Assert.Equal("Asha", await ReadAsync(cache, "@asha", "nobody"));
        cache.ForgetAll();
        Assert.Equal("Asha Iyer", await ReadAsync(cache, "@asha", "Asha Iyer"));
    }

    [Fact]
    public async Task What_is_not_there_is_looked_for_again()
    {
        var cache = await ReplicaAsync();
        Assert.Null(await ReadAsync(cache, "@new", null));
        Assert.Equal("New", await ReadAsync(cache, "@new", "New"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_reading_that_began_before_the_event_does_not_count_after_it(bool shared)
    {
        var cache = await ReplicaAsync(shared);
        var slow = new SlowReading();
        var reading = cache.GetAsync(Area, "@neha", slow.ReadAsync, Cancel).AsTask();
        await slow.Begun.Task;
        cache.Forget(Area, ["@neha"]);
        slow.End.SetResult();
        Assert.Equal("after", (await reading)?.Name);
        Assert.Equal("after", await ReadAsync(cache, "@neha", "after"));
    }

    [Fact]
    public async Task Replicas_share_what_one_has_read_and_a_reading_that_comes_late_misleads_none()
    {
        var (one, other) = (await ReplicaAsync(shared: true), await ReplicaAsync(shared: true));
        Assert.Equal("Neha", await ReadAsync(one, "@neha", "Neha"));
        await IsSharedAsync(Link(_replicas[0]), entries: 1);
        Assert.Equal("Neha", await ReadAsync(other, "@neha", "read again"));
        // Who starts later has not heard what happened before.
        Assert.Equal("read again", await ReadAsync(await ReplicaAsync(shared: true), "@neha", "read again"));

        // One is still reading what was before when both hear of the change.
        var slow = new SlowReading();
        var reading = one.GetAsync(Area, "@asha", slow.ReadAsync, Cancel).AsTask();
        await slow.Begun.Task;
        one.Forget(Area, ["@asha"]);
        other.Forget(Area, ["@asha"]);
        slow.End.SetResult();
        Assert.Equal("after", (await reading)?.Name);
        Assert.Equal("after", await ReadAsync(other, "@asha", "after"));
        Assert.Equal("after", await ReadAsync(one, "@asha", "after"));
    }

    [Fact]
    public async Task Redis_killed_under_load_fails_no_reading_and_is_used_again_when_it_is_back()
    {
        var cache = await ReplicaAsync(shared: true);
        var link = Link(_replicas[0]);
        using var stop = new CancellationTokenSource();
        var names = new ConcurrentBag<bool>();
        var load = Enumerable
            .Range(0, 4)
            .Select(worker =>
                Task.Run(async () =>
                {
                    for (var i = 0; !stop.IsCancellationRequested; i++)
                        names.Add(await ReadAsync(cache, $"{worker} {i}", $"{worker} {i}") == $"{worker} {i}");
                })
            )
            .ToList();
        await Eventually.HoldsAsync(() => names.Count > 100);
        _redis.Kill();
        await Eventually.HoldsAsync(() => !link.IsUp);
        Assert.Equal("kept here", await ReadAsync(cache, "@neha", "kept here"));
        Assert.Equal("kept here", await ReadAsync(cache, "@neha", "read again"));
        cache.Forget(Area, ["@neha"]);
        Assert.Equal("read again", await ReadAsync(cache, "@neha", "read again"));
        await _redis.StartAsync();
        await Eventually.HoldsAsync(() => link.IsUp);
        await IsSharedAsync(link, entries: 1);
        await stop.CancelAsync();
        await Task.WhenAll(load);
        Assert.DoesNotContain(false, names);
    }

    private static RedisLink Link(IHost replica) => replica.Services.GetRequiredService<RedisLink>();

    /// <summary>What was read is left in Redis in the background.</summary>
    private static Task IsSharedAsync(RedisLink link, int entries) =>
        Eventually.HoldsAsync(async () =>
            await link.AskAsync(database => database.ExecuteAsync("DBSIZE")) is { } size && (int)size >= entries
        );

    private static async Task<string?> ReadAsync(ReadCache cache, string key, string? name) =>
        (await cache.GetAsync(Area, key, _ => Task.FromResult(name is null ? null : new Payee(name)), Cancel))?.Name;

    private async Task<ReadCache> ReplicaAsync(bool shared = false)
    {
        if (shared && !_redis.IsRunning)
            await _redis.StartAsync();
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration["ConnectionStrings:redis"] = shared ? _redis.ConnectionString : null;
        builder.Configuration["Redis:Timeout"] = "00:00:02";
        builder.Configuration["Redis:CheckInterval"] = "00:00:00.050";
        builder.AddReadCache();
        var host = builder.Build();
        _replicas.Add(host);
        await host.StartAsync(Cancel);
        if (shared)
            await Eventually.HoldsAsync(() => Link(host).IsUp);
        return host.Services.GetRequiredService<ReadCache>();
    }

    /// <summary>
    /// Reads what was before the change, and is held up while it happens; the next reading sees what is.
    /// </summary>
    private sealed class SlowReading
    {
        private int _readings;

        public TaskCompletionSource Begun { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource End { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async Task<Payee?> ReadAsync(CancellationToken cancellationToken)
        {
            if (Interlocked.Increment(ref _readings) > 1)
                return new Payee("after");
            Begun.SetResult();
            await End.Task.WaitAsync(cancellationToken);
            return new Payee("before");
        }
    }
}
