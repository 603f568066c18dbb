using Npgsql;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.Transactions.Lifecycle;
using static PayFlow.ServiceDefaults.Connections.SqlArrays;
using static PayFlow.ServiceDefaults.Tenancy.TenantSql;

namespace PayFlow.Transactions.Refunds;

/// <summary>
/// Money of a payment that goes back from its payee to its payer: the ledger posts it as it posts a transfer.
/// </summary>
public sealed class RefundKind : TransactionKind
{
    public const string Name = "refund";

    public override string Type => Name;

    /// <summary>What somebody gives back is no spending.</summary>
    public override bool CountsForLimits => false;

    /// <summary>It can only go back to the payer, and never exceeds the payment.</summary>
    public override bool AsksForConfirmation => false;

    public override LegCommand? CommandFor(
        in TransactionTerms terms,
        LegPosition position,
        DateTimeOffset? askedAgainAt
    ) => LegCommand.Transfer.Of(terms, askedAgainAt);

    public override SagaOutcome Apply(SagaState state, SagaMessage message, DateTimeOffset now) =>
        Saga.Apply(state, message, now);

    public override IReadOnlyList<Notice> Notices(TransactionFacts facts, FailureReason? failure) =>
        failure is null
            ? [new Notice("refund_received", ToPayee: true), new Notice("refund_sent", ToPayee: false)]
            : [new Notice("refund_failed", ToPayee: false)];

    /// <summary>Adds the amounts to what the originals show as refunded.</summary>
    public override NpgsqlBatchCommand? Effects(IEnumerable<TransactionTerms> completed) =>
        completed.ToList() is { Count: > 0 } refunds ? Refunded(refunds) : null;

    private static NpgsqlBatchCommand Refunded(List<TransactionTerms> refunds) =>
        Command(
            """
            update transactions o set refunded_amount = o.refunded_amount + v.amount
            from (
              select tenant, original, sum(amount)::bigint as amount from unnest($4, $1, $2) u(tenant, original, amount)
              group by tenant, original order by original limit $3) v
            where o.tenant_id = v.tenant and o.id = v.original
            """,
            Column(refunds, terms => terms.OriginalId!.Value),
            Column(refunds, terms => terms.Amount.Minor),
            AllRows,
            OfTenants(refunds, terms => terms.TenantId)
        );
}
