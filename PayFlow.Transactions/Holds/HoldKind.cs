using System.Text.Json;
using Npgsql;
using PayFlow.ServiceDefaults.Amounts;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.Transactions.Lifecycle;
using static PayFlow.ServiceDefaults.Connections.SqlArrays;
using static PayFlow.ServiceDefaults.Tenancy.TenantSql;

namespace PayFlow.Transactions.Holds;

/// <summary>
/// Sets an amount of the payer's balance aside for a payee. The transaction ends once the ledger holds the amount; the
/// hold that it makes stays open until the payee has captured all of it, releases it, or it expires.
/// </summary>
public sealed class HoldKind : TransactionKind
{
    public const string Name = "hold";

    /// <param name="ExpiresAt">From this instant on nothing is captured.</param>
    public sealed record Terms(DateTimeOffset ExpiresAt)
    {
        public string ToJson() => JsonSerializer.Serialize(this, JsonSerializerOptions.Web);
    }

    public override string Type => Name;

    public override bool IsListed => false;

    public override LegCommand? CommandFor(
        in TransactionTerms terms,
        LegPosition position,
        DateTimeOffset? askedAgainAt
    ) =>
        LegCommand.Posting.Of(
            terms,
            position.Leg,
            [new PostingLine(terms.From, Money.Zero(terms.Amount.Currency).ToString(), terms.Amount.ToString())],
            askedAgainAt
        );

    public override SagaOutcome Apply(SagaState state, SagaMessage message, DateTimeOffset now) =>
        Saga.ApplyToOnePosting(state, message, now);

    public override IReadOnlyList<PostedEntry> Moves(in TransactionTerms terms) => [];

    public override IReadOnlyList<Notice> Notices(TransactionFacts facts, FailureReason? failure) =>
        failure is null
            ? [new Notice("hold_placed", ToPayee: false), new Notice("hold_received", ToPayee: true)]
            : [new Notice("hold_failed", ToPayee: false)];

    /// <summary>Opens the holds.</summary>
    public override NpgsqlBatchCommand? Effects(IEnumerable<TransactionTerms> completed) =>
        completed.ToList() is { Count: > 0 } holds ? Open(holds) : null;

    private static NpgsqlBatchCommand Open(List<TransactionTerms> holds) =>
        Command(
            """
            insert into holds (id, tenant_id, status, from_account, from_owner, to_account, to_owner, amount, captured,
                               currency, expires_at, created_at)
            select t.id, t.tenant_id, 'open', t.from_account, t.from_owner, t.to_account, t.to_owner, t.amount, 0,
                   t.currency, (t.details->>'expiresAt')::timestamptz, t.created_at
            from unnest($2, $1) v(tenant, id) join transactions t on t.tenant_id = v.tenant and t.id = v.id
            on conflict (id) do nothing
            """,
            Column(holds, terms => terms.Id.Value),
            OfTenants(holds, terms => terms.TenantId)
        );
}
