using PayFlow.Transactions.Lifecycle;

namespace PayFlow.Transactions.Tests;

public sealed class BacklogLimitTests
{
    private static readonly TimeSpan Round = TimeSpan.FromMilliseconds(500);

    private readonly BacklogLimit _limit = new();

    [Fact]
    public void It_is_wide_open_until_something_waits()
    {
        Assert.Equal(BacklogLimit.Max, _limit.Current);
        _limit.Measure(before: 1_700, left: 0, Round);
        Assert.Equal(BacklogLimit.Max, _limit.Current);
    }

    [Theory]
    [InlineData(4_000, 2_500, 6_000)] // 3,000 a second
    [InlineData(5_000, 4_600, 1_600)]
    [InlineData(900, 890, BacklogLimit.Min)]
    [InlineData(20_000, 10_000, BacklogLimit.Max)]
    public void It_settles_at_what_ends_within_two_seconds(int before, int left, int expected)
    {
        for (var round = 0; round < 20; round++)
            _limit.Measure(before, left, Round);
        Assert.InRange(_limit.Current, expected - 2, expected + 2);
    }

    [Fact]
    public void It_is_within_a_quarter_of_that_after_two_seconds_of_overload()
    {
        for (var round = 0; round < 4; round++)
            _limit.Measure(4_000, 2_500, Round);
        Assert.InRange(_limit.Current, 6_000, 7_500);
    }

    [Fact]
    public void A_ledger_that_is_away_changes_nothing()
    {
        for (var round = 0; round < 20; round++)
            _limit.Measure(4_000, 2_500, Round);
        var before = _limit.Current;
        _limit.Measure(6_000, 6_000, Round);
        _limit.Measure(6_000, 6_100, Round);
        _limit.Measure(6_000, 5_000, TimeSpan.Zero);
        Assert.Equal(before, _limit.Current);
    }

    [Fact]
    public void It_opens_again_once_nothing_waits_any_longer()
    {
        for (var round = 0; round < 20; round++)
            _limit.Measure(4_000, 2_500, Round);
        _limit.Measure(700, 0, Round);
        Assert.Equal(BacklogLimit.Max, _limit.Current);
    }
}
