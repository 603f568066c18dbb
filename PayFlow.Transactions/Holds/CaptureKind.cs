using Npgsql;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.Transactions.Lifecycle;
using static PayFlow.ServiceDefaults.Connections.SqlArrays;
using static PayFlow.ServiceDefaults.Tenancy.TenantSql;

namespace PayFlow.Transactions.Holds;

/// <summary>
/// Money of a hold that goes to its payee, the whole of it or a part. The ledger refuses it from the hold's expiry on,
/// and where less is left of the hold.
/// </summary>
public sealed class CaptureKind : TransactionKind
{
    public const string Name = "capture";

    public override string Type => Name;

    /// <summary>The hold has counted already.</summary>
    public override bool CountsForLimits => false;

    /// <summary>The payer has confirmed the hold.</summary>
    public override bool AsksForConfirmation => false;

    public override bool CanBeRefunded => true;

    public override LegCommand? CommandFor(
        in TransactionTerms terms,
        LegPosition position,
        DateTimeOffset? askedAgainAt
    )
    {
        var (amount, taken) = (terms.Amount.ToString(), (-terms.Amount).ToString());
        var posting = LegCommand.Posting.Of(
            terms,
            position.Leg,
            [new PostingLine(terms.From, taken, taken), new PostingLine(terms.To, amount)],
            askedAgainAt
        );
        return new LegCommand.Posting(posting.Event with { HoldId = new TransactionId(terms.OriginalId!.Value) });
    }

    public override SagaOutcome Apply(SagaState state, SagaMessage message, DateTimeOffset now) =>
        Saga.ApplyToOnePosting(state, message, now);

    public override IReadOnlyList<Notice> Notices(TransactionFacts facts, FailureReason? failure) =>
        failure is null
            ? [new Notice("hold_captured", ToPayee: false), new Notice("hold_collected", ToPayee: true)]
            : [new Notice("hold_not_collected", ToPayee: true)];

    /// <summary>Adds the amounts to what is captured of the holds. A hold without a rest has ended.</summary>
    public override NpgsqlBatchCommand? Effects(IEnumerable<TransactionTerms> completed) =>
        completed.ToList() is { Count: > 0 } captures ? Captured(captures) : null;

    private static NpgsqlBatchCommand Captured(List<TransactionTerms> captures) =>
        Command(
            """
            update holds h set captured = h.captured + v.amount,
              status = case when h.captured + v.amount = h.amount then 'captured' else h.status end,
              ended_at = case when h.captured + v.amount = h.amount then now() else h.ended_at end
            from (
              select tenant, hold, sum(amount)::bigint as amount from unnest($4, $1, $2) u(tenant, hold, amount)
              group by tenant, hold order by hold limit $3) v
            where h.tenant_id = v.tenant and h.id = v.hold
            """,
            Column(captures, terms => terms.OriginalId!.Value),
            Column(captures, terms => terms.Amount.Minor),
            AllRows,
            OfTenants(captures, terms => terms.TenantId)
        );
}
