using System.Text.Json;
using Npgsql;
using PayFlow.ServiceDefaults.Amounts;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.Transactions.Lifecycle;
using static PayFlow.ServiceDefaults.Connections.SqlArrays;
using static PayFlow.ServiceDefaults.Tenancy.TenantSql;

namespace PayFlow.Transactions.Holds;

/// <summary>The end of a hold that is not captured whole: the rest is available to the payer again.</summary>
public sealed class ReleaseKind : TransactionKind
{
    public const string Name = "release";

    /// <param name="Status">How the hold ends: <c>released</c> or <c>expired</c>.</param>
    public sealed record Terms(HoldStatus Status)
    {
        public string ToJson() => JsonSerializer.Serialize(this, JsonSerializerOptions.Web);

        public static Terms Read(string json) => JsonSerializer.Deserialize<Terms>(json, JsonSerializerOptions.Web)!;
    }

    public override string Type => Name;

    public override bool IsListed => false;

    public override bool CountsForLimits => false;

    public override bool AsksForConfirmation => false;

    /// <summary>It never expires: the payer's money would stay held.</summary>
    public override LegCommand? CommandFor(
        in TransactionTerms terms,
        LegPosition position,
        DateTimeOffset? askedAgainAt
    )
    {
        var nothing = Money.Zero(terms.Amount.Currency).ToString();
        var posting = LegCommand.Posting.Of(
            terms,
            position.Leg,
            [new PostingLine(terms.From, nothing, (-terms.Amount).ToString())],
            askedAgainAt
        );
        return new LegCommand.Posting(
            posting.Event with
            {
                HoldId = new TransactionId(terms.OriginalId!.Value),
                ExpiresAt = null,
            }
        );
    }

    public override SagaOutcome Apply(SagaState state, SagaMessage message, DateTimeOffset now) =>
        Saga.ApplyToOnePosting(state, message, now);

    public override IReadOnlyList<PostedEntry> Moves(in TransactionTerms terms) => [];

    public override IReadOnlyList<Notice> Notices(TransactionFacts facts, FailureReason? failure) =>
        failure is null ? [new Notice("hold_released", ToPayee: false)] : [];

    /// <summary>Ends the holds, and takes their rests off the limits of the day and month that counted them.</summary>
    public override NpgsqlBatchCommand? Effects(IEnumerable<TransactionTerms> completed) =>
        completed.ToList() is { Count: > 0 } releases ? Ended(releases) : null;

    // Usage is locked before holds, as intake locks them.
    private static NpgsqlBatchCommand Ended(List<TransactionTerms> releases) =>
        Command(
            """
            with released as materialized (
              select * from unnest($5, $1, $2, $3) v(tenant, hold, status, amount) limit $4
            ), back as materialized (
              select t.tenant_id, t.initiated_by as party_id, t.currency, t.limit_day as day, r.amount
              from released r join transactions t on t.tenant_id = r.tenant and t.id = r.hold
            ), payers as materialized (
              select distinct tenant_id, party_id, currency from back
            ), locked as materialized (
              select u.party_id from limit_usage u
              join payers p on u.tenant_id = p.tenant_id and u.party_id = p.party_id and u.currency = p.currency
              order by u.party_id, u.currency for update of u
            ), ended as (
              update holds h set status = r.status, ended_at = now() from released r
              where h.tenant_id = r.tenant and h.id = r.hold and (select count(*) from locked) >= 0
            )
            update limit_usage u set
              day_used = u.day_used - coalesce((
                select sum(b.amount) from back b
                where b.tenant_id = u.tenant_id and b.party_id = u.party_id and b.currency = u.currency
                  and b.day = u.day), 0)::bigint,
              month_used = u.month_used - coalesce((
                select sum(b.amount) from back b
                where b.tenant_id = u.tenant_id and b.party_id = u.party_id and b.currency = u.currency
                  and date_trunc('month', b.day)::date = u.month), 0)::bigint
            from payers p where u.tenant_id = p.tenant_id and u.party_id = p.party_id and u.currency = p.currency
            """,
            Column(releases, terms => terms.OriginalId!.Value),
            Column(releases, terms => EnumNames.Of(Terms.Read(terms.Details!).Status)),
            Column(releases, terms => terms.Amount.Minor),
            AllRows,
            OfTenants(releases, terms => terms.TenantId)
        );
}
