using Microsoft.Extensions.Time.Testing;
using PayFlow.ServiceDefaults.Messaging;

namespace PayFlow.ServiceDefaults.Tests;

public sealed class BatchPacerTests
{
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public void The_first_batch_begins_at_once() => Assert.Equal(TimeSpan.Zero, new BatchPacer(_clock).Wait);

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1.05)]
    [InlineData(20, 2)]
    [InlineData(40, 3)]
    [InlineData(1000, 3)]
    public void A_larger_batch_is_followed_by_a_longer_interval_of_at_most_three_milliseconds(
        int messages,
        double milliseconds
    )
    {
        var pacer = new BatchPacer(_clock);
        pacer.Begin(messages);
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), pacer.Wait);
    }

    [Fact]
    public void The_interval_runs_from_the_begin_of_the_last_batch_so_a_slow_batch_is_followed_at_once()
    {
        var pacer = new BatchPacer(_clock);
        pacer.Begin(20);
        _clock.Advance(TimeSpan.FromMilliseconds(0.5));
        Assert.Equal(TimeSpan.FromMilliseconds(1.5), pacer.Wait);
        _clock.Advance(TimeSpan.FromMilliseconds(1.5));
        Assert.Equal(TimeSpan.Zero, pacer.Wait);
    }

    [Fact]
    public void A_small_batch_after_a_large_one_makes_the_interval_short_again()
    {
        var pacer = new BatchPacer(_clock);
        pacer.Begin(500);
        pacer.Begin(1);
        Assert.Equal(TimeSpan.FromMilliseconds(1.05), pacer.Wait);
    }
}
