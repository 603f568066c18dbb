using PayFlow.ServiceDefaults.Problems;

namespace PayFlow.Accounts.Identity;

/// <summary>
/// Lets in requests that hash, so that nobody keeps others from it (docs/adr/0017-hashing-and-locks.md): one request
/// of a caller at a time, a bucket for each, and a place in the queue by how much the caller has asked for lately.
/// </summary>
public sealed class HashingAdmission(PasswordHashing hashing, TimeProvider clock)
{
    private const int MaxCounts = 20_000;

    /// <summary>After this time half of what a caller has asked for is forgotten.</summary>
    private static readonly TimeSpan HalfLife = TimeSpan.FromMinutes(1);

    /// <summary>A request comes after those that come so much later, for each that its caller sent lately.</summary>
    private static readonly TimeSpan Handicap = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The most that a request is put back. Without a bound a steady caller would wait for ever. Callers that keep to
    /// their buckets stay below it by more than the longest queue, so those that do not come after them.
    /// </summary>
    private static readonly TimeSpan MaxHandicap = TimeSpan.FromMinutes(1);

    private static readonly HashingRefusal Busy = new(
        ProblemCodes.TooManyRequests,
        "Too many sign-ins and password checks are in progress. Try again in a few seconds.",
        TimeSpan.FromSeconds(5)
    );

    private static readonly HashingRefusal Twice = new(
        ProblemCodes.TooManyRequests,
        "An earlier request of yours is still in progress. Wait for its response.",
        TimeSpan.FromSeconds(1)
    );

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Count> _counts = new(StringComparer.Ordinal);
    private readonly HashSet<string> _alone = new(StringComparer.Ordinal);

    private sealed class Count
    {
        /// <summary>When the bucket is full again.</summary>
        public DateTimeOffset FullAt { get; set; }

        /// <summary>Requests as of <see cref="At"/>, the older ones counting less.</summary>
        public double Lately { get; set; }

        public DateTimeOffset At { get; set; }
    }

    /// <returns>The turn, or why there is none.</returns>
    public (HashingTurn? Turn, HashingRefusal? Refusal) TryEnter(HashingCaller caller)
    {
        lock (_gate)
        {
            var now = clock.GetUtcNow();
            var counts = caller.Counts.Select(count => Find(count.Key, now)).ToList();
            var rank = counts.Max(count => count.Lately);
            // Refused requests count as well: a caller that repeats them without end comes last.
            foreach (var count in counts)
                count.Lately++;
            if (caller.IsAlone && _alone.Contains(caller.Key))
                return (null, Twice);
            var wait = caller
                .Counts.Zip(
                    counts,
                    (of, count) => count.FullAt + of.Bucket.Interval - now - (of.Bucket.Interval * of.Bucket.Burst)
                )
                .Max();
            if (wait > TimeSpan.Zero)
                return (null, Often(wait));
            // After some minutes without a hash all are alike.
            var handicap = Math.Round(rank, 1) * Handicap;
            var turn = new HashingTurn(this, caller, now + (handicap < MaxHandicap ? handicap : MaxHandicap));
            if (!hashing.TryEnter(turn))
                return (null, Busy);
            foreach (var (of, count) in caller.Counts.Zip(counts))
                count.FullAt += of.Bucket.Interval;
            if (caller.IsAlone)
                _alone.Add(caller.Key);
            return (turn, null);
        }
    }

    internal void Leave(HashingTurn turn)
    {
        hashing.Leave(turn);
        lock (_gate)
        {
            if (turn.Caller.IsAlone)
                _alone.Remove(turn.Caller.Key);
            if (!turn.HasHashed)
            {
                foreach (var (key, bucket) in turn.Caller.Counts)
                    Find(key, clock.GetUtcNow()).FullAt -= bucket.Interval;
            }
        }
    }

    private static HashingRefusal Often(TimeSpan wait) =>
        new(
            ProblemCodes.RateLimited,
            $"You sent too many requests. Try again in {Math.Ceiling(wait.TotalSeconds):0} s.",
            wait
        );

    /// <returns>The count as of now.</returns>
    private Count Find(string key, DateTimeOffset now)
    {
        if (!_counts.TryGetValue(key, out var count))
        {
            if (_counts.Count >= MaxCounts)
                Forget(now);
            _counts[key] = count = new Count { FullAt = now, At = now };
        }

        count.Lately *= Math.Pow(0.5, (now - count.At) / HalfLife);
        count.At = now;
        if (count.FullAt < now)
            count.FullAt = now;
        return count;
    }

    /// <summary>
    /// A caller that was idle for a while counts as new anyway. Where all are busy, forgetting all bounds the memory.
    /// </summary>
    private void Forget(DateTimeOffset now)
    {
        foreach (var (key, count) in _counts)
        {
            if (count.FullAt <= now && now - count.At > 5 * HalfLife)
                _counts.Remove(key);
        }

        if (_counts.Count >= MaxCounts)
            _counts.Clear();
    }
}
