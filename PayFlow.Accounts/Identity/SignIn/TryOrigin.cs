namespace PayFlow.Accounts.Identity;

/// <summary>Where a try comes from: a browser that signed in before, or a client address.</summary>
/// <param name="Key">Its keyed hash.</param>
/// <param name="IsKnown">Whether this user signed in from there before. A known origin passes a lock that others have
/// caused.</param>
public sealed record TryOrigin(byte[] Key, bool IsKnown)
{
    /// <summary>All origins together.</summary>
    public static TryOrigin All { get; } = new([], false);

    public bool IsAll => Key.Length == 0;
}
