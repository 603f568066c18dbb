namespace PayFlow.Web.RateLimiting;

/// <summary>A token bucket: so much at once, and so much a second for as long as one likes.</summary>
public sealed class BucketOptions
{
    /// <summary>How many requests may come at once.</summary>
    public int Burst { get; set; }

    /// <summary>How many tokens a second come back.</summary>
    public double PerSecond { get; set; }

    /// <summary>How long an empty bucket takes to be full again.</summary>
    internal TimeSpan Window => TimeSpan.FromSeconds(Burst / PerSecond);
}
