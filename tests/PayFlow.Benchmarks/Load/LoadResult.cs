using HdrHistogram;

namespace PayFlow.Benchmarks.Load;

/// <summary>What a load came to within its window.</summary>
/// <param name="From">When the window began, after the warm-up.</param>
/// <param name="Answers">Answers by status.</param>
/// <param name="Posted">
/// Microseconds until the POST was answered; in an open loop from when it was due, so that waiting for a slow answer
/// counts.
/// </param>
/// <param name="Accepted">When each accepted transaction was due, by id; empty unless asked for.</param>
internal sealed record LoadResult(
    DateTimeOffset From,
    TimeSpan Window,
    IReadOnlyDictionary<int, long> Answers,
    HistogramBase Posted,
    IReadOnlyDictionary<Guid, long> Accepted
)
{
    public DateTimeOffset To => From + Window;

    public long Count(int status) => Answers.GetValueOrDefault(status);

    /// <exception cref="InvalidOperationException">
    /// There were answers other than 202: what was measured is not the path.
    /// </exception>
    public void MustAllBeAccepted() => MustAllBe(202);

    /// <exception cref="InvalidOperationException">
    /// There were answers other than 202 and 429: too much was refused otherwise than it should be.
    /// </exception>
    public void MustAllBeAcceptedOrTurnedAway() => MustAllBe(202, 429);

    private void MustAllBe(params ReadOnlySpan<int> expected)
    {
        foreach (var status in Answers.Keys)
        {
            if (expected.Contains(status))
                continue;
            throw new InvalidOperationException(
                "Not all payments were accepted: "
                    + $"{string.Join(", ", Answers.Select(answer => $"{answer.Value} x {answer.Key}"))}."
            );
        }
    }
}
