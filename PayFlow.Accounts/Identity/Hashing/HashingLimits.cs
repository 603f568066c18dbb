namespace PayFlow.Accounts.Identity;

/// <summary>
/// How many requests that hash one caller may send, from configuration (<c>Identity:Hashing</c>). Each replica counts
/// by itself. A request that hashed nothing is not counted.
/// </summary>
public sealed class HashingLimits
{
    /// <summary>A signed-in user, from anywhere.</summary>
    public HashingBucket User { get; set; } = new() { Burst = 5, PerSecond = 0.5 };

    /// <summary>One e-mail address, tried from one client address.</summary>
    public HashingBucket Login { get; set; } = new() { Burst = 5, PerSecond = 0.5 };

    /// <summary>All anonymous requests of one client address.</summary>
    public HashingBucket Address { get; set; } = new() { Burst = 30, PerSecond = 0.5 };
}
