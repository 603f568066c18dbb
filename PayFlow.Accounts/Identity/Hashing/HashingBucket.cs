namespace PayFlow.Accounts.Identity;

/// <summary>A token bucket of requests that hash.</summary>
public sealed class HashingBucket
{
    /// <summary>How many requests may come at once.</summary>
    public int Burst { get; set; }

    /// <summary>How many requests a second may follow.</summary>
    public double PerSecond { get; set; }

    internal bool IsUsable => Burst >= 1 && PerSecond > 0;

    internal TimeSpan Interval => TimeSpan.FromSeconds(1 / PerSecond);
}
