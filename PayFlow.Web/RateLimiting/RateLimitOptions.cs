namespace PayFlow.Web.RateLimiting;

/// <summary>Who may ask how often, from configuration (<c>RateLimits</c>).</summary>
public sealed class RateLimitOptions
{
    /// <summary>Somebody who has signed in, wherever they are.</summary>
    public BucketOptions User { get; set; } = new() { Burst = 400, PerSecond = 200 };

    /// <summary>Who has not, by address.</summary>
    public BucketOptions Anonymous { get; set; } = new() { Burst = 200, PerSecond = 50 };

    /// <summary>Signing in and up and the like, by address: what a guesser would do most.</summary>
    public BucketOptions SignIn { get; set; } = new() { Burst = 30, PerSecond = 0.5 };
}
