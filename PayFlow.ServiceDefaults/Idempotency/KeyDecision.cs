namespace PayFlow.ServiceDefaults.Idempotency;

/// <summary>The one decision on a key, for every command that moves money.</summary>
public static class KeyDecision
{
    /// <param name="first">What the key stands for; null where it is new.</param>
    /// <param name="fingerprint">Of the request of now.</param>
    public static KeyOutcome Decide(FirstUse? first, ReadOnlySpan<byte> fingerprint)
    {
        if (first is null)
            return KeyOutcome.First;
        return fingerprint.SequenceEqual(first.Fingerprint) ? KeyOutcome.Replay : KeyOutcome.OtherBody;
    }
}
