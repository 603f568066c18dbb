using Npgsql;
using PayFlow.ServiceDefaults.Contracts;
using static PayFlow.ServiceDefaults.Connections.SqlArrays;
using static PayFlow.ServiceDefaults.Tenancy.TenantSql;

namespace PayFlow.Transactions.Confirmation;

/// <summary>
/// The statements over known payees. A payee becomes known when a confirmed payment to this payee is accepted, not when
/// it completes: the confirmation shows the payer's intent, whatever the ledger decides. Without a payment for
/// <see cref="KnownFor"/>, the payee needs a confirmation again.
/// </summary>
internal static class KnownPayees
{
    /// <summary>How long after the last payment a payee is known.</summary>
    public static readonly TimeSpan KnownFor = TimeSpan.FromDays(180);

    /// <summary>A payment updates the stored time only if that time is at least this old.</summary>
    public static readonly TimeSpan RenewedAfter = TimeSpan.FromDays(7);

    /// <summary>Reads the stored pairs with the time of the last payment, however old it is.</summary>
    public static NpgsqlBatchCommand Find(IReadOnlyCollection<PayeePair> pairs) =>
        Command(
            """
            select v.tenant, v.payer, v.payee, k.last_paid_at from unnest($1, $2, $3) v(tenant, payer, payee)
            cross join lateral (
              select last_paid_at from known_payees
              where tenant_id = v.tenant and payer_id = v.payer and payee_id = v.payee limit 1) k
            """,
            OfTenants(pairs, pair => pair.Tenant),
            Column(pairs, pair => pair.Payer),
            Column(pairs, pair => pair.Payee)
        );

    /// <summary>Stores the pairs. A repetition changes nothing.</summary>
    public static NpgsqlBatchCommand Add(IReadOnlyCollection<PayeePair> pairs, DateTimeOffset at) =>
        Command(
            """
            insert into known_payees as k (tenant_id, payer_id, payee_id, since, last_paid_at)
            select tenant, payer, payee, $2, $2 from unnest($1, $3, $4) v(tenant, payer, payee)
            order by payer, payee
            on conflict (tenant_id, payer_id, payee_id) do update
            set last_paid_at = greatest(k.last_paid_at, excluded.last_paid_at)
            """,
            OfTenants(pairs, pair => pair.Tenant),
            Value(at),
            Column(pairs, pair => pair.Payer),
            Column(pairs, pair => pair.Payee)
        );

    /// <summary>Deletes the payees known up to the time of each event. Later confirmations stay.</summary>
    public static NpgsqlBatchCommand Forget(IReadOnlyCollection<PayeesForgotten> forgotten) =>
        Command(
            """
            delete from known_payees k using unnest($1, $2, $3) v(tenant, payer, at)
            where k.tenant_id = v.tenant and k.payer_id = v.payer and k.last_paid_at <= v.at
            """,
            OfTenants(forgotten, one => one.TenantId),
            Column(forgotten, one => one.PartyId.Value),
            Column(forgotten, one => one.At.ToUniversalTime())
        );
}
