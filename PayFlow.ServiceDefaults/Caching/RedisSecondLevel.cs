using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.StackExchangeRedis;
using PayFlow.ServiceDefaults.Connections;

namespace PayFlow.ServiceDefaults.Caching;

/// <summary>
/// Redis as the second level of the cache: a slow or failed read is a miss, and a failed write is ignored.
/// </summary>
internal sealed class RedisSecondLevel(RedisLink redis) : IDistributedCache, IDisposable
{
    private const string Nothing = "";

    private readonly RedisCache _cache = new(
        new RedisCacheOptions
        {
            InstanceName = "payflow:cache:",
            ConnectionMultiplexerFactory = () => Task.FromResult(redis.Connection),
        }
    );

    public async Task<byte[]?> GetAsync(string key, CancellationToken token = default) =>
        await redis.AskAsync(_ => _cache.GetAsync(key, token));

    public async Task SetAsync(
        string key,
        byte[] value,
        DistributedCacheEntryOptions options,
        CancellationToken token = default
    ) => await DoAsync(() => _cache.SetAsync(key, value, options, token));

    public async Task RemoveAsync(string key, CancellationToken token = default) =>
        await DoAsync(() => _cache.RemoveAsync(key, token));

    public async Task RefreshAsync(string key, CancellationToken token = default) =>
        await DoAsync(() => _cache.RefreshAsync(key, token));

    public byte[]? Get(string key) => throw new NotSupportedException("Nobody here waits on a thread.");

    public void Set(string key, byte[] value, DistributedCacheEntryOptions options) =>
        throw new NotSupportedException("Nobody here waits on a thread.");

    public void Refresh(string key) => throw new NotSupportedException("Nobody here waits on a thread.");

    public void Remove(string key) => throw new NotSupportedException("Nobody here waits on a thread.");

    public void Dispose() => _cache.Dispose();

    private ValueTask<string?> DoAsync(Func<Task> work) =>
        redis.AskAsync(async _ =>
        {
            await work();
            return Nothing;
        })!;
}
