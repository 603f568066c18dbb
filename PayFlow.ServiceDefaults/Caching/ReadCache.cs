using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Caching.Hybrid;

namespace PayFlow.ServiceDefaults.Caching;

/// <summary>
/// Caches look-ups that change rarely, such as the account of a handle; never money. An event removes an entry in every
/// replica. A read that began before the event is not cached, even if it ends later or comes from Redis. Without an
/// event an entry lives for <see cref="Lifetime"/> at most.
/// </summary>
public sealed class ReadCache(HybridCache cache, TimeProvider clock)
{
    /// <summary>The backstop, also where the clocks of two replicas differ.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(30);

    private const int Slots = 4096;

    /// <summary>How often a reading that came too late is done again before the cache is left aside.</summary>
    private const int Rounds = 3;

    private static readonly HybridCacheEntryOptions Options = new()
    {
        Expiration = Lifetime,
        LocalCacheExpiration = Lifetime,
    };

    // When something was last forgotten, by a part of the key's hash: who shares it is read once more than necessary.
    private readonly long[] _forgotten = new long[Slots];
    private long _allForgotten = clock.GetUtcNow().UtcTicks;

    /// <summary>What was found, or that nothing was, and when the reading began, in ticks (UTC).</summary>
    private sealed record Reading<T>(T? Found, long BeganAt);

    /// <param name="area">What kind of thing it is, such as <c>payees</c>.</param>
    /// <param name="key">Which one; in Redis it stands as a hash.</param>
    /// <param name="read">
    /// Reads it where it is not there; requests that come meanwhile share the reading. What it does not find is not
    /// kept.
    /// </param>
    public async ValueTask<T?> GetAsync<T>(
        string area,
        string key,
        Func<CancellationToken, Task<T?>> read,
        CancellationToken cancellationToken
    )
        where T : class
    {
        var (name, slot) = Name(area, key);
        for (var round = 0; round < Rounds; round++)
        {
            var reading = await cache.GetOrCreateAsync(
                name,
                (clock, read),
                static async (state, cancel) =>
                {
                    var began = state.clock.GetUtcNow().UtcTicks;
                    return new Reading<T>(await state.read(cancel), began);
                },
                Options,
                cancellationToken: cancellationToken
            );
            var counts =
                reading.BeganAt > Math.Max(Interlocked.Read(ref _allForgotten), Interlocked.Read(ref _forgotten[slot]));
            if (!counts || reading.Found is null)
                await cache.RemoveAsync(name, cancellationToken);
            if (counts)
                return reading.Found;
        }

        return await read(cancellationToken);
    }

    /// <summary>Takes effect in this replica before it returns.</summary>
    public void Forget(string area, IEnumerable<string> keys)
    {
        var now = clock.GetUtcNow().UtcTicks;
        foreach (var key in keys)
            Interlocked.Exchange(ref _forgotten[Name(area, key).Slot], now);
    }

    /// <summary>Events may have been missed.</summary>
    public void ForgetAll() => Interlocked.Exchange(ref _allForgotten, clock.GetUtcNow().UtcTicks);

    private static (string Name, int Slot) Name(string area, string key)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{area} {key}"));
        return ($"{area}:{Convert.ToHexStringLower(hash)}", BinaryPrimitives.ReadUInt16BigEndian(hash) % Slots);
    }
}
