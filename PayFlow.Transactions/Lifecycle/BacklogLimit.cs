namespace PayFlow.Transactions.Lifecycle;

/// <summary>
/// How many transactions may be pending before new ones are refused with 429. It follows what the ledger and the saga
/// end a second, so that an accepted payment waits for about <see cref="MaxWait"/> at most. Not thread-safe.
/// </summary>
public sealed class BacklogLimit
{
    /// <summary>
    /// Below this many a measurement says more about the machine's noise, or about a few stuck payments, than about
    /// load.
    /// </summary>
    public const int Min = 1_000;

    /// <summary>Also the limit while nothing waits, and after a start.</summary>
    public const int Max = 20_000;

    public static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(2);

    public int Current { get; private set; } = Max;

    /// <summary>
    /// Takes one measurement into account; half of the new limit is the old one, so that one odd round does little.
    /// </summary>
    /// <param name="before">Transactions that were pending a round ago.</param>
    /// <param name="left">How many of those are still pending.</param>
    /// <param name="elapsed">The time since then.</param>
    public void Measure(int before, int left, TimeSpan elapsed)
    {
        if (left <= 0)
        {
            Current = Max;
            return;
        }

        // Nothing ended: a part is away, which says nothing about how fast it works once it is back.
        var ended = before - left;
        if (ended <= 0 || elapsed <= TimeSpan.Zero)
            return;
        var sustainable = (int)Math.Clamp(ended * (MaxWait / elapsed), Min, Max);
        Current = (Current + sustainable) / 2;
    }
}
