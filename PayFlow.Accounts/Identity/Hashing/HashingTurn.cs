namespace PayFlow.Accounts.Identity;

/// <summary>
/// The place that a request has among those that hash. It is current in the request from <see cref="Begin"/> on, so
/// what the request has hashed goes by its lane and by when it is due. Dispose it with the answer.
/// </summary>
public sealed class HashingTurn(HashingAdmission admission, HashingCaller caller, DateTimeOffset due) : IDisposable
{
    private static readonly AsyncLocal<HashingTurn?> Flowing = new();

    private volatile bool _hasHashed;

    /// <summary>The turn of the request that runs now; null outside of one.</summary>
    internal static HashingTurn? Current => Flowing.Value;

    internal HashingCaller Caller => caller;

    internal HashingLane Lane => caller.Lane;

    /// <summary>
    /// The earliest comes first. It is later for a caller of many requests (<see cref="HashingAdmission"/>).
    /// </summary>
    internal DateTimeOffset Due => due;

    internal bool HasHashed => _hasHashed;

    /// <summary>Makes it the turn of what the calling method awaits.</summary>
    public void Begin() => Flowing.Value = this;

    public void Dispose() => admission.Leave(this);

    internal void Hashes() => _hasHashed = true;
}
