using Microsoft.Extensions.Time.Testing;
using PayFlow.ServiceDefaults.Connections;

namespace PayFlow.ServiceDefaults.Tests;

public sealed class DatabaseClockTests
{
    private static readonly DateTimeOffset Right = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(600)]
    [InlineData(-600)]
    [InlineData(0)]
    public void A_clock_that_is_wrong_is_told_and_not_used(int seconds)
    {
        var process = new FakeTimeProvider(Right.AddSeconds(seconds));
        var clock = new DatabaseClock(process);
        Assert.Equal(Right.AddSeconds(seconds), clock.GetUtcNow());
        Assert.Equal(TimeSpan.FromSeconds(seconds), clock.Take(Right, clock.GetTimestamp()));
        Assert.Equal(Right, clock.GetUtcNow());
        process.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(Right.AddSeconds(3), clock.GetUtcNow());
    }

    [Fact]
    public void Setting_the_machines_clock_changes_nothing()
    {
        var process = new Still();
        var clock = new DatabaseClock(process);
        clock.Take(Right, clock.GetTimestamp());
        process.Time = Right.AddHours(1);
        Assert.Equal(Right, clock.GetUtcNow());
        Assert.Equal(TimeSpan.FromHours(1), clock.Take(Right, clock.GetTimestamp()));
    }

    /// <summary>Its time is set, and none elapses.</summary>
    private sealed class Still : TimeProvider
    {
        public DateTimeOffset Time { get; set; } = Right;

        public override DateTimeOffset GetUtcNow() => Time;

        public override long GetTimestamp() => 0;
    }

    [Theory]
    // Half of the round trip is all the error there can be, and a little more is left alone.
    [InlineData(0, 40, 0)]
    [InlineData(0, -40, 0)]
    [InlineData(0, 80, 80)]
    [InlineData(200, 120, 0)]
    [InlineData(200, -300, -300)]
    public void A_reading_within_its_own_error_does_not_move_the_clock(int roundTrip, int difference, int moved)
    {
        var process = new FakeTimeProvider(Right);
        var clock = new DatabaseClock(process);
        clock.Take(Right, clock.GetTimestamp());
        var asked = clock.GetTimestamp();
        process.Advance(TimeSpan.FromMilliseconds(roundTrip));
        clock.Take(Right.AddMilliseconds(roundTrip / 2 + difference), asked);
        Assert.Equal(Right.AddMilliseconds(roundTrip + moved), clock.GetUtcNow());
    }
}
