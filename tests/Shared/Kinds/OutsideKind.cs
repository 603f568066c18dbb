using PayFlow.ServiceDefaults.Amounts;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.Transactions.Lifecycle;

namespace PayFlow.Tests.Kinds;

/// <summary>
/// Holds the amount, waits for an answer from outside, then posts or voids the hold: as a withdrawal to a bank would.
/// </summary>
public sealed class OutsideKind : TransactionKind
{
    public const string Waiting = "waiting";
    public const string Post = "post";
    public const string Void = "void";
    public const string Accepted = "accepted";
    public const string Declined = "declined";

    public override string Type => "outside";

    public override LegCommand? CommandFor(
        in TransactionTerms terms,
        LegPosition position,
        DateTimeOffset? askedAgainAt
    )
    {
        var (held, back) = (terms.Amount.ToString(), (-terms.Amount).ToString());
        var nothing = Money.Zero(terms.Amount.Currency).ToString();
        IReadOnlyList<PostingLine>? lines = position switch
        {
            (1, null) => [new PostingLine(terms.From, nothing, held)],
            (2, Post) => [new PostingLine(terms.From, back, back), new PostingLine(terms.To, held)],
            (2, Void) => [new PostingLine(terms.From, nothing, back)],
            _ => null,
        };
        return lines is null
            ? null
            : new LegCommand.Posting(
                new PostingRequested(
                    terms.TenantId,
                    terms.Id,
                    position.Leg,
                    terms.From,
                    lines,
                    terms.Amount.Currency.Code,
                    terms.CreatedAt,
                    position.Leg == 1 ? terms.ExpiresAt : null,
                    askedAgainAt
                )
            );
    }

    public override SagaOutcome Apply(SagaState state, SagaMessage message, DateTimeOffset now) =>
        message switch
        {
            OutsideAnswer answer => Answered(state, answer),
            LedgerMessage answer => Saga.OfOtherLeg(state, answer) ?? Decided(state, answer, now),
            _ => new SagaOutcome.Contradiction("It is no answer to a hold."),
        };

    public override PendingReason PendingReason(LegPosition position) =>
        position.Step == Waiting
            ? Transactions.Lifecycle.PendingReason.AwaitingBank
            : Transactions.Lifecycle.PendingReason.Processing;

    public override IReadOnlyList<Notice>? Notices(TransactionFacts facts, FailureReason? failure) =>
        failure is null ? [new Notice("money_sent", ToPayee: false)] : null;

    private static SagaOutcome Answered(SagaState state, OutsideAnswer answer)
    {
        var step = answer.Word == Accepted ? Post : Void;
        return state.Step switch
        {
            Waiting => new SagaOutcome.Advanced(state with { Leg = 2, Step = step }),
            null => new SagaOutcome.Contradiction("It was answered before it was asked."),
            _ when state.Step == step => SagaOutcome.Ignored.Duplicate,
            _ => new SagaOutcome.Contradiction("It was answered otherwise."),
        };
    }

    private static SagaOutcome Decided(SagaState state, LedgerMessage message, DateTimeOffset now) =>
        (state.Status, state.Step, message) switch
        {
            (TransactionStatus.Pending, null, LedgerMessage.Posted) => new SagaOutcome.Advanced(
                state with
                {
                    Step = Waiting,
                }
            ),
            (TransactionStatus.Pending, null, LedgerMessage.Refused refused) => new SagaOutcome.Advanced(
                Saga.Failed(state, refused.Reason, now)
            ),
            (TransactionStatus.Failed, null, LedgerMessage.Refused refused)
                when refused.Reason == state.FailureReason => SagaOutcome.Ignored.Duplicate,
            (TransactionStatus.Pending, Post, LedgerMessage.Posted posted) => new SagaOutcome.Advanced(
                Saga.Completed(state, posted.At, now)
            ),
            (TransactionStatus.Pending, Void, LedgerMessage.Posted) => new SagaOutcome.Advanced(
                Saga.Failed(state, FailureReason.RecipientUnavailable, now)
            ),
            (_, not null, LedgerMessage.Posted) => SagaOutcome.Ignored.Duplicate,
            _ => new SagaOutcome.Contradiction("The ledger's answer does not fit what is recorded."),
        };
}
