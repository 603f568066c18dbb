using PayFlow.ServiceDefaults.Amounts;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.Tests.Kinds;
using PayFlow.Transactions.Holds;
using PayFlow.Transactions.Lifecycle;
using PayFlow.Transactions.Refunds;
using PayFlow.Transactions.Transfers;

namespace PayFlow.Transactions.Tests;

/// <summary>What holds for each kind, and what a kind with several legs asks for at each of them.</summary>
public sealed class KindTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly TransactionTerms Terms = new()
    {
        TenantId = TenantId.Default,
        Id = TransactionId.New(TimeProvider.System),
        From = AccountId.New(TimeProvider.System),
        To = AccountId.New(TimeProvider.System),
        Amount = Money.Parse("125.50", "INR"),
        CreatedAt = At,
        ExpiresAt = At.AddMinutes(15),
        Details = """{"credited":"1.50","currency":"USD"}""",
        OriginalId = new Guid("00000000-0000-7000-8003-000000000007"),
    };

    private static readonly LegPosition Held = new(1, OutsideKind.Waiting);
    private static readonly LegPosition Posting = new(2, OutsideKind.Post);
    private static readonly LegPosition Voiding = new(2, OutsideKind.Void);

    private static readonly SagaState Asked = new(
        TransactionStatus.Pending,
        1,
        new LedgerSide(Terms.From.Value, "125.50", "INR"),
        new LedgerSide(Terms.To.Value, "125.50", "INR"),
        At
    );
    private static readonly SagaMessage Posted1 = new LedgerMessage.Posted(1, At, []);
    private static readonly SagaMessage Posted2 = new LedgerMessage.Posted(2, At, []);
    private static readonly SagaMessage Refused1 = new LedgerMessage.Refused(1, At, FailureReason.InsufficientFunds);
    private static readonly SagaMessage Refused2 = new LedgerMessage.Refused(2, At, FailureReason.InsufficientFunds);
    private static readonly SagaMessage Yes = new OutsideAnswer(OutsideKind.Accepted, At);
    private static readonly SagaMessage No = new OutsideAnswer(OutsideKind.Declined, At);

    public static TheoryData<TransactionKind, LegPosition> Positions { get; } =
        new()
        {
            { new TransferKind(), LegPosition.Start },
            { new RefundKind(), LegPosition.Start },
            { new HoldKind(), LegPosition.Start },
            { new CaptureKind(), LegPosition.Start },
            { new ReleaseKind(), LegPosition.Start },
            { new OutsideKind(), LegPosition.Start },
            { new OutsideKind(), Held },
            { new OutsideKind(), Posting },
            { new OutsideKind(), Voiding },
            { new ExchangeKind(_ => Guid.Empty), LegPosition.Start },
        };

    /// <summary>The step and the leg after each message, or the outcome of what moves nothing.</summary>
    public static TheoryData<string, LegPosition, SagaMessage, string> Steps { get; } =
        new()
        {
            { "asked, posted", LegPosition.Start, Posted1, "1 waiting pending" },
            { "asked, refused", LegPosition.Start, Refused1, "1 - failed" },
            { "asked, answered too early", LegPosition.Start, Yes, "Contradiction" },
            { "asked, a later leg", LegPosition.Start, Posted2, "Contradiction" },
            { "waiting, posted again", Held, Posted1, "Ignored" },
            { "waiting, refused", Held, Refused1, "Contradiction" },
            { "waiting, accepted", Held, Yes, "2 post pending" },
            { "waiting, declined", Held, No, "2 void pending" },
            { "posting, accepted again", Posting, Yes, "Ignored" },
            { "posting, declined", Posting, No, "Contradiction" },
            { "posting, an earlier leg", Posting, Posted1, "Ignored" },
            { "posting, posted", Posting, Posted2, "2 post completed" },
            { "posting, refused", Posting, Refused2, "Contradiction" },
            { "voiding, declined again", Voiding, No, "Ignored" },
            { "voiding, accepted", Voiding, Yes, "Contradiction" },
            { "voiding, posted", Voiding, Posted2, "2 void failed" },
        };

    [Theory]
    [MemberData(nameof(Positions))]
    public void The_same_command_is_asked_first_and_again(TransactionKind kind, LegPosition position)
    {
        var (first, again) = (kind.CommandFor(Terms, position, null), kind.CommandFor(Terms, position, At));
        Assert.Equal(kind.WaitsOutside(position), first is null);
        Assert.Equal(Text(first), Text(again));
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public void A_hold_moves_by_answers_of_the_ledger_and_from_outside(
        string what,
        LegPosition position,
        SagaMessage message,
        string expected
    )
    {
        var state = Asked with { Leg = position.Leg, Step = position.Step };
        var outcome = new OutsideKind().Apply(state, message, At);
        var text = outcome is SagaOutcome.Advanced(var next)
            ? $"{next.Leg} {next.Step ?? "-"} {EnumNames.Of(next.Status)}"
            : outcome.GetType().Name;
        Assert.True(text == expected, $"{what}: {text}");
        if (outcome is not SagaOutcome.Advanced(var moved) || moved.Status == TransactionStatus.Pending)
            return;
        // The end is final: what ended it changes nothing more.
        Assert.Same(SagaOutcome.Ignored.Duplicate, new OutsideKind().Apply(moved, message, At.AddDays(1)));
    }

    [Fact]
    public void Only_a_debit_a_credit_or_a_refusal_answers_a_transfer()
    {
        Assert.IsType<SagaOutcome.Contradiction>(new TransferKind().Apply(Asked, Posted1, At));
        Assert.IsType<SagaOutcome.Contradiction>(new TransferKind().Apply(Asked, Yes, At));
    }

    [Fact]
    public void A_type_has_one_kind_and_an_unknown_type_none()
    {
        var kinds = new TransactionKinds([new TransferKind(), new AdjustmentKind(), new OutsideKind()]);
        Assert.Equal(["adjustment", "outside", "transfer"], kinds.Types);
        Assert.IsType<OutsideKind>(kinds.Find("outside"));
        Assert.Null(kinds.Find("lottery"));
        Assert.Throws<ArgumentException>(() => new TransactionKinds([new OutsideKind(), new OutsideKind()]));
    }

    /// <summary>The body as it is sent, without the time of the repetition.</summary>
    private static string? Text(LegCommand? command) =>
        command switch
        {
            LegCommand.Transfer { Event: var asked } => System.Text.Json.JsonSerializer.Serialize(
                asked with
                {
                    AskedAgainAt = null,
                },
                EventJson.Default.TransactionInitiated
            ),
            LegCommand.Posting { Event: var asked } => System.Text.Json.JsonSerializer.Serialize(
                asked with
                {
                    AskedAgainAt = null,
                },
                EventJson.Default.PostingRequested
            ),
            _ => null,
        };
}
