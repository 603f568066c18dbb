using PayFlow.ServiceDefaults.Contracts;
using PayFlow.Transactions.Lifecycle;
using Rules = PayFlow.Transactions.Lifecycle.Saga;

namespace PayFlow.Transactions.Tests;

/// <summary>Every state a transaction can be in against every message that can reach it.</summary>
public sealed class SagaTests
{
    private static readonly DateTimeOffset Created = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Posted = Created.AddSeconds(1);
    private static readonly DateTimeOffset Now = Created.AddSeconds(2);

    private static readonly LedgerSide Out = new(Guid.CreateVersion7(Created), "125.50", "INR");
    private static readonly LedgerSide In = Out with { Account = Guid.CreateVersion7(Created) };

    private static readonly SagaState Fresh = new(TransactionStatus.Pending, 2, Out, In, Created);
    private static readonly SagaState Debited = Fresh with { DebitedAt = Posted };
    private static readonly SagaState Credited = Fresh with { CreditedAt = Posted };
    private static readonly SagaState Completed = Fresh with
    {
        Status = TransactionStatus.Completed,
        DebitedAt = Posted,
        CreditedAt = Posted,
        EndedAt = Now,
    };
    private static readonly SagaState Failed = Fresh with
    {
        Status = TransactionStatus.Failed,
        FailureReason = FailureReason.InsufficientFunds,
        EndedAt = Now,
    };

    private static readonly LedgerMessage Debit = new LedgerMessage.Debited(2, Posted, Out);
    private static readonly LedgerMessage Credit = new LedgerMessage.Credited(2, Posted, In);
    private static readonly LedgerMessage Refusal = new LedgerMessage.Refused(
        2,
        Posted,
        FailureReason.InsufficientFunds
    );
    private static readonly LedgerMessage Expiry = new LedgerMessage.Refused(2, Posted, FailureReason.Expired);

    public static TheoryData<string, SagaState, LedgerMessage, SagaState> Steps { get; } =
        new()
        {
            { "fresh, debit", Fresh, Debit, Debited },
            { "fresh, credit first", Fresh, Credit, Credited },
            { "fresh, refusal", Fresh, Refusal, Failed },
            { "debited, credit", Debited, Credit, Completed },
            { "debited, refusal", Debited, Refusal, Failed with { DebitedAt = Posted } },
            { "credited, debit", Credited, Debit, Completed },
            { "credited, refusal", Credited, Refusal, Failed with { CreditedAt = Posted } },
            {
                "fresh, debit with another text for the amount",
                Fresh,
                new LedgerMessage.Debited(2, Posted, Out with { Amount = "125.5" }),
                Debited
            },
        };

    public static TheoryData<string, SagaState, LedgerMessage> Repetitions { get; } =
        new()
        {
            { "debited, debit again", Debited, Debit },
            { "credited, credit again", Credited, Credit },
            { "completed, debit", Completed, Debit },
            { "completed, credit", Completed, Credit },
            { "completed, debit of another time", Completed, new LedgerMessage.Debited(2, Now, Out) },
            { "failed, refusal", Failed, Refusal },
            { "fresh, earlier leg", Fresh, Debit with { Leg = 1 } },
            { "completed, refusal of an earlier leg", Completed, Refusal with { Leg = 1 } },
            { "failed, debit of an earlier leg", Failed, Debit with { Leg = 1 } },
        };

    public static TheoryData<string, SagaState, LedgerMessage> Contradictions { get; } =
        new()
        {
            { "completed, refusal", Completed, Refusal },
            { "failed, debit", Failed, Debit },
            { "failed, credit", Failed, Credit },
            { "failed, refusal for another reason", Failed, Expiry },
            {
                "fresh, another amount debited",
                Fresh,
                new LedgerMessage.Debited(2, Posted, Out with { Amount = "125.51" })
            },
            {
                "fresh, another amount credited",
                Fresh,
                new LedgerMessage.Credited(2, Posted, In with { Amount = "1255.0" })
            },
            { "fresh, no amount", Fresh, new LedgerMessage.Debited(2, Posted, Out with { Amount = "much" }) },
            { "fresh, another currency", Fresh, new LedgerMessage.Debited(2, Posted, Out with { Currency = "JPY" }) },
            { "fresh, the payee debited", Fresh, new LedgerMessage.Debited(2, Posted, In) },
            { "debited, the payer credited", Debited, new LedgerMessage.Credited(2, Posted, Out) },
            {
                "completed, another amount",
                Completed,
                new LedgerMessage.Credited(2, Posted, In with { Amount = "1.00" })
            },
            { "failed, another account", Failed, new LedgerMessage.Debited(2, Posted, In) },
            { "fresh, later leg", Fresh, Debit with { Leg = 3 } },
            { "completed, refusal of a later leg", Completed, Refusal with { Leg = 3 } },
        };

    [Theory]
    [MemberData(nameof(Steps))]
    public void What_is_new_moves_it_on(string what, SagaState state, LedgerMessage message, SagaState expected)
    {
        var advanced = Assert.IsType<SagaOutcome.Advanced>(Rules.Apply(state, message, Now));
        Assert.True(advanced.State == expected, $"{what}: {advanced.State}");
    }

    [Theory]
    [MemberData(nameof(Repetitions))]
    public void What_repeats_the_record_changes_nothing(string what, SagaState state, LedgerMessage message)
    {
        var outcome = Rules.Apply(state, message, Now);
        Assert.True(ReferenceEquals(SagaOutcome.Ignored.Duplicate, outcome), $"{what}: {outcome}");
    }

    [Theory]
    [MemberData(nameof(Contradictions))]
    public void What_the_record_denies_is_a_contradiction(string what, SagaState state, LedgerMessage message)
    {
        var outcome = Rules.Apply(state, message, Now);
        var contradiction = Assert.IsType<SagaOutcome.Contradiction>(outcome);
        Assert.True(contradiction.Reason.Length > 0, what);
    }

    [Fact]
    public void An_end_is_never_before_what_it_ends()
    {
        var behind = Created.AddSeconds(-5);
        Assert.Equal(Posted, EndOf(Debited, Credit));
        Assert.Equal(Created, EndOf(Fresh, Refusal));

        DateTimeOffset? EndOf(SagaState state, LedgerMessage message) =>
            Assert.IsType<SagaOutcome.Advanced>(Rules.Apply(state, message, behind)).State.EndedAt;
    }
}
