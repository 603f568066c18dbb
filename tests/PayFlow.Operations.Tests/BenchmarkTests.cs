using PayFlow.Benchmarks;

namespace PayFlow.Operations.Tests;

/// <summary>
/// What the benchmarks keep of a run in which something fails; the figures themselves are nobody's to check.
/// </summary>
public sealed class BenchmarkTests
{
    private readonly List<string> _measured = [];

    [Fact]
    public async Task Every_figure_of_groups_that_leave_the_product_sound_counts()
    {
        var (whole, failure) = await InTurn.MeasureAsync(
            [Group("first", 1, 2), Group("second", 3)],
            () => Task.FromResult<string?>(null)
        );
        Assert.Equal([1, 2, 3], whole);
        Assert.Null(failure);
    }

    [Fact]
    public async Task A_group_that_fails_leaves_the_figures_of_those_before_it_and_none_comes_after()
    {
        var (whole, failure) = await InTurn.MeasureAsync(
            [
                Group("first", 1, 2),
                ("second", () => throw new InvalidOperationException("Nobody pays.")),
                Group("third", 4),
            ],
            () => Task.FromResult<string?>(null)
        );
        Assert.Equal([1, 2], whole);
        Assert.StartsWith(
            "second, third: System.InvalidOperationException: Nobody pays.",
            failure,
            StringComparison.Ordinal
        );
        Assert.Equal(["first"], _measured);
    }

    [Fact]
    public async Task A_group_that_breaks_the_product_has_no_figure_and_those_before_it_keep_theirs()
    {
        var (whole, failure) = await InTurn.MeasureAsync(
            [Group("first", 1), Group("second", 2), Group("third", 3)],
            () =>
                Task.FromResult(
                    _measured.Contains("second", StringComparer.Ordinal) ? "An account is overdrawn." : null
                )
        );
        Assert.Equal([1], whole);
        Assert.Equal("second, third: An account is overdrawn.", failure);
        Assert.Equal(["first", "second"], _measured);
    }

    [Fact]
    public async Task Where_nobody_can_look_at_the_product_a_group_has_no_figure()
    {
        var (whole, failure) = await InTurn.MeasureAsync(
            [Group("first", 1)],
            () => throw new InvalidOperationException("The database is away.")
        );
        Assert.Empty(whole);
        Assert.StartsWith(
            "first: System.InvalidOperationException: The database is away.",
            failure,
            StringComparison.Ordinal
        );
    }

    private (string Name, Func<Task<IReadOnlyList<int>>> MeasureAsync) Group(
        string name,
        params IReadOnlyList<int> figures
    )
    {
        return (name, MeasureAsync);

        Task<IReadOnlyList<int>> MeasureAsync()
        {
            _measured.Add(name);
            return Task.FromResult(figures);
        }
    }
}
