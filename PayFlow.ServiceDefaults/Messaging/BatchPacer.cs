namespace PayFlow.ServiceDefaults.Messaging;

/// <summary>
/// Decides when the next batch may begin. A batch begins as soon as its thread is free. Only where the last one began a
/// moment ago does it wait, so that messages which arrive together share one commit. Not thread-safe.
/// </summary>
public sealed class BatchPacer(TimeProvider clock)
{
    /// <summary>
    /// The most that a message ever waits here. Most batches take longer than that, so the next one begins at once.
    /// </summary>
    public static readonly TimeSpan MaxInterval = TimeSpan.FromMilliseconds(3);

    private static readonly TimeSpan Base = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan PerMessage = TimeSpan.FromMilliseconds(0.05);

    private long? _begun;
    private TimeSpan _interval;

    /// <summary>How long to wait until the next batch may begin; zero if it may begin now.</summary>
    public TimeSpan Wait =>
        _begun is { } begun && _interval - clock.GetElapsedTime(begun) is { Ticks: > 0 } left ? left : TimeSpan.Zero;

    /// <param name="messages">
    /// How many messages the batch holds. A larger batch is followed by a longer interval.
    /// </param>
    public void Begin(int messages)
    {
        _begun = clock.GetTimestamp();
        _interval = TimeSpan.FromTicks(Math.Min(Base.Ticks + (messages * PerMessage.Ticks), MaxInterval.Ticks));
    }
}
