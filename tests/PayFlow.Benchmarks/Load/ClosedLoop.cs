using System.Diagnostics;
using HdrHistogram;

namespace PayFlow.Benchmarks.Load;

/// <summary>
/// So many clients, each of which sends the next payment when the last one was answered: as fast as the product lets
/// them.
/// </summary>
internal static class ClosedLoop
{
    public static async Task<LoadResult> RunAsync(
        Uri address,
        Payments payments,
        int connections,
        TimeSpan warmUp,
        TimeSpan window
    )
    {
        var clients = await Task.WhenAll(
            Enumerable.Range(0, connections).Select(_ => HttpConnection.OpenAsync(address))
        );
        var begin = Stopwatch.GetTimestamp() + (long)(warmUp.TotalSeconds * Stopwatch.Frequency);
        var end = begin + (long)(window.TotalSeconds * Stopwatch.Frequency);
        var from = TimeProvider.System.GetUtcNow() + warmUp;
        var results = await Task.WhenAll(
            clients.Select(client => Task.Run(() => RunAsync(client, payments, begin, end)))
        );
        foreach (var client in clients)
            client.Dispose();

        var posted = NewHistogram();
        var answers = new SortedDictionary<int, long>();
        foreach (var (statuses, latencies) in results)
        {
            posted.Add(latencies);
            foreach (var (status, count) in statuses)
                answers[status] = answers.GetValueOrDefault(status) + count;
        }

        return new LoadResult(from, window, answers, posted, new Dictionary<Guid, long>());
    }

    /// <summary>From a microsecond to a minute, to three digits.</summary>
    public static LongHistogram NewHistogram() => new(1, 60_000_000, 3);

    private static async Task<(Dictionary<int, long> Answers, LongHistogram Latencies)> RunAsync(
        HttpConnection client,
        Payments payments,
        long begin,
        long end
    )
    {
        var (answers, latencies) = (new Dictionary<int, long>(), NewHistogram());
        for (var sent = Stopwatch.GetTimestamp(); sent < end; sent = Stopwatch.GetTimestamp())
        {
            var status = await client.SendAsync(payments);
            var answered = Stopwatch.GetTimestamp();
            if (sent < begin || answered > end)
                continue;
            answers[status] = answers.GetValueOrDefault(status) + 1;
            latencies.RecordValue((long)Stopwatch.GetElapsedTime(sent, answered).TotalMicroseconds);
        }

        return (answers, latencies);
    }
}
