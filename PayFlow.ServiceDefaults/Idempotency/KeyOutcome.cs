namespace PayFlow.ServiceDefaults.Idempotency;

/// <summary>What a key says about a request that moves money.</summary>
public enum KeyOutcome
{
    /// <summary>The key is new: the request takes effect now.</summary>
    First,

    /// <summary>The same request came before: it is answered with its transaction.</summary>
    Replay,

    /// <summary>The key stands for another request: this one is refused.</summary>
    OtherBody,

    /// <summary>The first request with this key is still being written: it may be repeated in a moment.</summary>
    InProgress,
}
