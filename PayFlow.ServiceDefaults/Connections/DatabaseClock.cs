namespace PayFlow.ServiceDefaults.Connections;

/// <summary>
/// The time of the service's database, which all replicas share. A process whose own clock is ahead would otherwise
/// write times that the others have not reached. <see cref="DatabaseWatch{TContext}"/> reads the time every few
/// seconds. In between, elapsed time is added, which does not change when somebody sets the machine's clock. Before the
/// first reading it is the process's own time.
/// </summary>
/// <param name="process">The process's own clock.</param>
public sealed class DatabaseClock(TimeProvider process) : TimeProvider
{
    // A smaller difference is left alone: a clock that is corrected all the time would run backwards now and then.
    private static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(50);

    private volatile Reading? _last;

    private sealed record Reading(DateTimeOffset Time, long Timestamp);

    public override TimeZoneInfo LocalTimeZone => process.LocalTimeZone;

    public override long TimestampFrequency => process.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() =>
        _last is { } last ? last.Time + process.GetElapsedTime(last.Timestamp) : process.GetUtcNow();

    public override long GetTimestamp() => process.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        process.CreateTimer(callback, state, dueTime, period);

    /// <summary>Takes a reading of the database's time.</summary>
    /// <param name="time">What the database answered.</param>
    /// <param name="asked">The timestamp before it was asked.</param>
    /// <returns>How far the process's own clock is ahead; negative where it is behind.</returns>
    public TimeSpan Take(DateTimeOffset time, long asked)
    {
        // The database read its clock at some moment of the round trip: half of it is all the error there can be.
        var answered = process.GetTimestamp();
        var half = process.GetElapsedTime(asked, answered) / 2;
        var now = time + half;
        if (_last is null || (now - GetUtcNow()).Duration() > half + Tolerance)
            _last = new Reading(now, answered);
        return process.GetUtcNow() - now;
    }
}
