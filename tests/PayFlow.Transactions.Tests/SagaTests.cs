using PayFlow.ServiceDefaults.Contracts;
using PayFlow.Transactions.Saga;
using Rules = PayFlow.Transactions.Saga.Saga;

namespace PayFlow.Transactions.Tests;

/// <summary>Every state a transaction can be in against every message that can reach it.</summary>
public sealed class SagaTests
{
    private static readonly DateTimeOffset Created = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Posted = Created.AddSeconds(1);
    private static readonly DateTimeOffset Now = Created.AddSeconds(2);

    private static readonly SagaState Fresh = new(TransactionStatus.Pending, 1, Created);
    private static readonly SagaState Debited = Fresh with { DebitedAt = Posted };
    private static readonly SagaState Credited = Fresh with { CreditedAt = Posted };
    private static readonly SagaState Completed = Fresh with { Status = TransactionStatus.Completed, DebitedAt = Posted, CreditedAt = Posted, EndedAt = Now };
    private static readonly SagaState Failed = Fresh with { Status = TransactionStatus.Failed, FailureReason = FailureReason.InsufficientFunds, EndedAt = Now };

    private static readonly LedgerMessage Debit = new LedgerMessage.Debited(1, Posted);
    private static readonly LedgerMessage Credit = new LedgerMessage.Credited(1, Posted);
    private static readonly LedgerMessage Refusal = new LedgerMessage.Refused(1, Posted, FailureReason.InsufficientFunds);

    public static TheoryData<string, SagaState, LedgerMessage, SagaState> Transitions { get; } = new()
    {
        { "fresh, debit", Fresh, Debit, Debited },
        { "fresh, credit first", Fresh, Credit, Credited },
        { "fresh, refusal", Fresh, Refusal, Failed },
        { "debited, debit again", Debited, Debit, Debited },
        { "debited, credit", Debited, Credit, Completed },
        { "debited, refusal", Debited, Refusal, Failed with { DebitedAt = Posted } },
        { "credited, debit", Credited, Debit, Completed },
        { "credited, credit again", Credited, Credit, Credited },
        { "credited, refusal", Credited, Refusal, Failed with { CreditedAt = Posted } },
        { "completed, debit", Completed, Debit, Completed },
        { "completed, credit", Completed, Credit, Completed },
        { "completed, refusal", Completed, Refusal, Completed },
        { "failed, debit", Failed, Debit, Failed },
        { "failed, credit", Failed, Credit, Failed },
        { "failed, refusal", Failed, Refusal, Failed },
    };

    [Theory]
    [MemberData(nameof(Transitions))]
    public void Each_transition(string what, SagaState state, LedgerMessage message, SagaState expected)
    {
        var next = Rules.Apply(state, message, Now);
        Assert.True(next == expected, $"{what}: {next}");
        // The same instance says that nothing needs to be written.
        Assert.Equal(state == expected, ReferenceEquals(state, next));
    }

    [Theory]
    [MemberData(nameof(Transitions))]
    public void What_is_said_of_another_leg_changes_nothing(string what, SagaState state, LedgerMessage message, SagaState expected)
    {
        Assert.NotNull(expected);
        Assert.True(ReferenceEquals(state, Rules.Apply(state, message with { Leg = 2 }, Now)), what);
    }

    [Fact]
    public void An_end_is_never_before_what_it_ends()
    {
        var behind = Created.AddSeconds(-5);
        Assert.Equal(Posted, Rules.Apply(Debited, Credit, behind).EndedAt);
        Assert.Equal(Created, Rules.Apply(Fresh, Refusal, behind).EndedAt);
    }
}
