using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Threading.Channels;

namespace PayFlow.Benchmarks.Load;

/// <summary>
/// Payments that are due at a fixed rate, whatever the answers: a slow answer does not hold the next one back, and
/// where all connections are busy, the time that a payment was overdue counts as its latency.
/// </summary>
internal static partial class OpenLoop
{
    public static async Task<LoadResult> RunAsync(
        Uri address,
        Payments payments,
        double perSecond,
        int connections,
        TimeSpan warmUp,
        TimeSpan window
    )
    {
        var clients = await Task.WhenAll(
            Enumerable.Range(0, connections).Select(_ => HttpConnection.OpenAsync(address))
        );
        var start = Stopwatch.GetTimestamp();
        var startedAt = TimeProvider.System.GetUtcNow();
        var first = start + (long)(warmUp.TotalSeconds * Stopwatch.Frequency);
        var dues = Channel.CreateUnbounded<long>(new UnboundedChannelOptions { SingleWriter = true });
        var posted = ClosedLoop.NewHistogram();
        var answers = new SortedDictionary<int, long>();
        var accepted = new ConcurrentDictionary<Guid, long>();
        var pacing = Task.Factory.StartNew(
            () => Pace(dues.Writer, start, perSecond, (long)((warmUp + window).TotalSeconds * perSecond)),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );
        await Task.WhenAll(
            clients
                .Select(async client =>
                {
                    var latencies = ClosedLoop.NewHistogram();
                    var statuses = new Dictionary<int, long>();
                    await foreach (var due in dues.Reader.ReadAllAsync())
                    {
                        var status = await client.SendAsync(payments);
                        if (due < first)
                            continue;
                        latencies.RecordValue(
                            Math.Min(60_000_000, (long)Stopwatch.GetElapsedTime(due).TotalMicroseconds)
                        );
                        statuses[status] = statuses.GetValueOrDefault(status) + 1;
                        if (status == 202)
                            accepted[client.TransactionId()] = due;
                    }

                    lock (answers)
                    {
                        posted.Add(latencies);
                        foreach (var (status, count) in statuses)
                            answers[status] = answers.GetValueOrDefault(status) + count;
                    }
                })
                .Append(pacing)
        );
        foreach (var client in clients)
            client.Dispose();
        return new LoadResult(startedAt + warmUp, window, answers, posted, accepted);
    }

    /// <summary>
    /// Tells when each payment is due, never before it is. It sleeps in between on a thread of its own, to a fraction
    /// of a millisecond: timers are no finer than one or two, and who spins takes the processor from what is measured.
    /// </summary>
    private static void Pace(ChannelWriter<long> dues, long start, double perSecond, long payments)
    {
        for (var number = 0L; number < payments; number++)
        {
            var due = start + (long)(number * (Stopwatch.Frequency / perSecond));
            for (var left = Left(due); left > TimeSpan.Zero; left = Left(due))
            {
                var sleep = new Interval(
                    (nint)(left.Ticks / TimeSpan.TicksPerSecond),
                    (nint)(left.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick)
                );
                // Ends early for a signal, such as the runtime's own; then it sleeps for what is left.
                _ = nanosleep(in sleep, 0);
            }

            dues.TryWrite(due);
        }

        dues.Complete();

        static TimeSpan Left(long due) => Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due);
    }

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Interval(nint Seconds, nint Nanoseconds);

    [LibraryImport("libc")]
    private static partial int nanosleep(in Interval requested, nint remaining);
}
