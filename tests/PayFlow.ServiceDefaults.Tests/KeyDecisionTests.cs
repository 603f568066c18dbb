using PayFlow.ServiceDefaults.Idempotency;
using PayFlow.ServiceDefaults.Identifiers;

namespace PayFlow.ServiceDefaults.Tests;

/// <summary>One decision on a key for every command that moves money (I3).</summary>
public sealed class KeyDecisionTests
{
    public static TheoryData<byte[]?, byte[], KeyOutcome> Decisions { get; } =
        new()
        {
            { null, [1], KeyOutcome.First },
            { [1], [1], KeyOutcome.Replay },
            { [1], [2], KeyOutcome.OtherBody },
            { [1], [1, 0], KeyOutcome.OtherBody },
        };

    [Theory]
    [MemberData(nameof(Decisions))]
    public void Each_decision(byte[]? before, byte[] now, KeyOutcome expected)
    {
        var first = before is null ? null : new FirstUse(TransactionId.New(TimeProvider.System), before);
        Assert.Equal(expected, KeyDecision.Decide(first, now));
    }
}
