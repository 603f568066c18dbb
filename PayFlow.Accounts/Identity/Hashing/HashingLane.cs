namespace PayFlow.Accounts.Identity;

/// <summary>
/// What waits for the hashing threads. The threads serve the first three lanes in turns, so each has a share that the
/// others cannot take.
/// </summary>
public enum HashingLane
{
    /// <summary>Anonymous callers, who sign in or up or reset a password.</summary>
    SignIns,

    /// <summary>Passwords of signed-in callers.</summary>
    Passwords,

    /// <summary>Payment PINs of signed-in callers.</summary>
    Pins,

    /// <summary>Hashes that no answer waits for; served while the other lanes are empty.</summary>
    Background,
}
