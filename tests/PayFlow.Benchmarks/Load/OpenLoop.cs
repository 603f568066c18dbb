using System.Collections.Concurrent;
using System.Diagnostics;

namespace PayFlow.Benchmarks.Load;

/// <summary>
/// Payments that are due at a fixed rate, whatever the answers: a slow answer does not hold the next one back, and where all
/// connections are busy, the time that a payment was overdue counts as its latency.
/// </summary>
internal static class OpenLoop
{
    public static async Task<LoadResult> RunAsync(Uri address, Payments payments, double perSecond, int connections, TimeSpan warmUp, TimeSpan window)
    {
        var clients = await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => HttpConnection.OpenAsync(address)));
        var interval = Stopwatch.Frequency / perSecond;
        var start = Stopwatch.GetTimestamp();
        var startedAt = TimeProvider.System.GetUtcNow();
        var (first, last) = ((long)(warmUp.TotalSeconds * perSecond), (long)((warmUp + window).TotalSeconds * perSecond));
        var next = -1L;
        var posted = ClosedLoop.NewHistogram();
        var answers = new SortedDictionary<int, long>();
        var accepted = new ConcurrentDictionary<Guid, long>();
        await Task.WhenAll(clients.Select(client => Task.Run(async () =>
        {
            var latencies = ClosedLoop.NewHistogram();
            var statuses = new Dictionary<int, long>();
            for (var number = Interlocked.Increment(ref next); number < last; number = Interlocked.Increment(ref next))
            {
                var due = start + (long)(number * interval);
                await UntilAsync(due);
                var status = await client.SendAsync(payments);
                if (number < first) continue;
                latencies.RecordValue(Math.Min(60_000_000, (long)Stopwatch.GetElapsedTime(due).TotalMicroseconds));
                statuses[status] = statuses.GetValueOrDefault(status) + 1;
                if (status == 202) accepted[client.TransactionId()] = due;
            }

            lock (answers)
            {
                posted.Add(latencies);
                foreach (var (status, count) in statuses) answers[status] = answers.GetValueOrDefault(status) + count;
            }
        })));
        foreach (var client in clients) client.Dispose();
        return new LoadResult(startedAt + warmUp, window, answers, posted, accepted);
    }

    /// <summary>The timer's ticks are a millisecond and more: what is due within one is sent at once, never before it is due.</summary>
    private static async ValueTask UntilAsync(long due)
    {
        while (true)
        {
            var left = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due);
            if (left <= TimeSpan.Zero) return;
            if (left > TimeSpan.FromMilliseconds(2)) await Task.Delay(left - TimeSpan.FromMilliseconds(1));
            else await Task.Yield();
        }
    }
}
