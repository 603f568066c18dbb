using Microsoft.Extensions.Time.Testing;
using PayFlow.ServiceDefaults.Messaging;

namespace PayFlow.ServiceDefaults.Tests;

public sealed class PaceTests
{
    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(5);

    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public void The_first_batch_waits_for_nothing() => Assert.Equal(TimeSpan.Zero, new Pace(Least, _clock).Left);

    [Theory]
    [InlineData(1, 6)]
    [InlineData(20, 25)]
    [InlineData(40, 45)]
    [InlineData(1000, 45)]
    public void The_next_one_waits_the_longer_the_more_the_last_one_held(int messages, int milliseconds)
    {
        var pace = new Pace(Least, _clock);
        pace.Begin(messages);
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), pace.Left);
        _clock.Advance(TimeSpan.FromMilliseconds(milliseconds - 1));
        Assert.Equal(TimeSpan.FromMilliseconds(1), pace.Left);
        _clock.Advance(TimeSpan.FromMilliseconds(5));
        Assert.Equal(TimeSpan.Zero, pace.Left);
    }

    [Fact]
    public void What_came_after_a_pause_makes_the_wait_short_again()
    {
        var pace = new Pace(Least, _clock);
        pace.Begin(500);
        _clock.Advance(TimeSpan.FromSeconds(1));
        pace.Begin(1);
        Assert.Equal(TimeSpan.FromMilliseconds(6), pace.Left);
    }
}
