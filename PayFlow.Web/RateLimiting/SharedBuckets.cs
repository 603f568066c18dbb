using System.Collections.Concurrent;
using System.Globalization;
using PayFlow.ServiceDefaults.Connections;
using StackExchange.Redis;

namespace PayFlow.Web.RateLimiting;

/// <summary>
/// Token buckets that all replicas take from, in Redis, by one script. A replica leases tokens in growing numbers
/// before it spends them, so that a frequent client costs few round trips. All replicas together never exceed the
/// bucket; tokens that one replica has leased and not spent are missing to the others for a second at most. A bucket
/// below <see cref="ShareOfBurst"/> tokens, such as for sign-in, is leased token by token and is exact.
/// </summary>
public sealed class SharedBuckets(RedisLink redis, TimeProvider clock)
{
    /// <summary>A lease holds at most this part of the bucket.</summary>
    public const int ShareOfBurst = 16;

    private const int Limit = 100_000;

    // The clock is Redis's own, as replicas' differ.
    private const string Script = """
        local time = redis.call('TIME')
        local now = time[1] + time[2] / 1000000
        local burst, rate = tonumber(ARGV[1]), tonumber(ARGV[2])
        local kept = redis.call('HMGET', KEYS[1], 'tokens', 'at')
        local tokens = burst
        if kept[1] then tokens = math.min(burst, kept[1] + math.max(0, now - kept[2]) * rate + ARGV[4]) end
        local granted = math.min(tonumber(ARGV[3]), math.floor(tokens))
        tokens = tokens - granted
        redis.call('HSET', KEYS[1], 'tokens', string.format('%.9f', tokens), 'at', string.format('%.6f', now))
        redis.call('EXPIRE', KEYS[1], math.ceil(burst / rate) + 1)
        return {granted, math.floor(tokens)}
        """;

    private static readonly TimeSpan LeaseAge = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<(string Policy, string Key), Lease> _leases = new();

    private TimeProvider Clock => clock;

    /// <returns>Null where Redis has no answer: the caller's own bucket counts then.</returns>
    public ValueTask<BucketAnswer?> TakeAsync(string policy, string key, BucketOptions bucket)
    {
        if (!redis.IsUp)
            return ValueTask.FromResult<BucketAnswer?>(null);
        // Bounded the simple way: what was leased and is forgotten comes back to the bucket with time.
        if (_leases.Count >= Limit)
            _leases.Clear();
        return _leases
            .GetOrAdd(
                (policy, key),
                static (id, shared) => new Lease(shared.Owner, $"payflow:rate:{id.Policy}:{id.Key}", shared.Bucket),
                (Owner: this, Bucket: bucket)
            )
            .TakeAsync();
    }

    private async Task<(int Granted, int Left)?> AskAsync(string key, BucketOptions bucket, int wanted, int givenBack)
    {
        var answer = await redis.AskAsync(database =>
            database.ScriptEvaluateAsync(
                Script,
                [key],
                [bucket.Burst, bucket.PerSecond.ToString(CultureInfo.InvariantCulture), wanted, givenBack]
            )
        );
        return (RedisResult[]?)answer is [var granted, var left] ? ((int)granted, (int)left) : null;
    }

    /// <summary>What this replica holds of one bucket.</summary>
    private sealed class Lease(SharedBuckets owner, string key, BucketOptions bucket)
    {
        private readonly Lock _gate = new();
        private readonly int _most = Math.Max(1, bucket.Burst / ShareOfBurst);
        private Task<int?>? _asking;
        private long _leasedAt;
        private int _size = 1;
        private int _held;
        private int _waiting;
        private int _unspent;
        private int _left;

        public async ValueTask<BucketAnswer?> TakeAsync()
        {
            while (true)
            {
                Task<int?> asking;
                lock (_gate)
                {
                    if (TryTake() is { } taken)
                        return taken;
                    _waiting++;
                    asking = _asking ??= AskAsync();
                }

                var granted = await asking;
                lock (_gate)
                    _waiting--;
                if (granted is null)
                    return null;
                if (granted == 0)
                    return new BucketAnswer(false, 0);
            }
        }

        private BucketAnswer? TryTake()
        {
            // Given back with the next lease; where none comes the bucket soon is full without it.
            if (owner.Clock.GetElapsedTime(_leasedAt) > LeaseAge)
            {
                _unspent += _held;
                _held = 0;
                _size = 1;
            }

            if (_held == 0)
                return null;
            _held--;
            // The next ones are asked for while some are left, so that nobody waits for them.
            if (_held < _size / 2)
                _asking ??= AskAsync();
            return new BucketAnswer(true, _left + _held);
        }

        /// <summary>Called under the gate.</summary>
        /// <returns>How many tokens came; null where Redis has no answer.</returns>
        private async Task<int?> AskAsync()
        {
            var (wanted, givenBack) = (Math.Min(bucket.Burst, Math.Max(_size, _waiting)), _unspent);
            _unspent = 0;
            // Off the gate from here on.
            await Task.Yield();
            var answer = await owner.AskAsync(key, bucket, wanted, givenBack);
            lock (_gate)
            {
                _asking = null;
                if (answer is not { } got)
                    return null;
                _held += got.Granted;
                _left = got.Left;
                _leasedAt = owner.Clock.GetTimestamp();
                _size = Math.Min(_most, Math.Max(1, got.Granted) * 2);
                return got.Granted;
            }
        }
    }
}
