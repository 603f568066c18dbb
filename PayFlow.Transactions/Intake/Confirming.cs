using Npgsql;
using PayFlow.ServiceDefaults.Identifiers;
using static PayFlow.ServiceDefaults.Connections.SetBased;

namespace PayFlow.Transactions.Intake;

/// <summary>Who has confirmed a payment to whom, by parties.</summary>
public readonly record struct PayeePair(Guid Payer, Guid Payee);

/// <summary>
/// The tables of known payees and of used confirmations. A payee becomes known when a confirmed payment to them is accepted, not
/// when it completes: the confirmation says that the payer means them, which an empty wallet does not make untrue, and the saga has
/// nothing to do for it.
/// </summary>
internal static class Confirming
{
    public static NpgsqlBatchCommand FindKnown(IReadOnlyCollection<PayeePair> pairs) => Command(
        """
        select v.payer, v.payee from unnest($2, $3) v(payer, payee)
        cross join lateral (select from known_payees where tenant_id = $1 and payer_id = v.payer and payee_id = v.payee limit 1) k
        """,
        Value(TenantId.Default.Value),
        Column(pairs, pair => pair.Payer),
        Column(pairs, pair => pair.Payee));

    /// <summary>Repeating one changes nothing.</summary>
    public static NpgsqlBatchCommand Know(IReadOnlyCollection<PayeePair> pairs, DateTimeOffset since) => Command(
        "insert into known_payees (tenant_id, payer_id, payee_id, since) select $1, payer, payee, $2 from unnest($3, $4) v(payer, payee) on conflict do nothing",
        Value(TenantId.Default.Value),
        Value(since),
        Column(pairs, pair => pair.Payer),
        Column(pairs, pair => pair.Payee));

    public static NpgsqlBatchCommand FindUsed(IReadOnlyCollection<Guid> confirmations) => Command(
        "select id from used_confirmations where tenant_id = $1 and id = any($2)", Value(TenantId.Default.Value), Column(confirmations, id => id));

    public static NpgsqlBatchCommand Use(IReadOnlyCollection<Transfer> confirmed) => Command(
        "insert into used_confirmations (tenant_id, id, transaction_id, used_at) select $1, id, transaction, at from unnest($2, $3, $4) v(id, transaction, at)",
        Value(TenantId.Default.Value),
        Column(confirmed, transfer => transfer.Confirmation.Id!.Value),
        Column(confirmed, transfer => transfer.Id.Value),
        Column(confirmed, transfer => transfer.CreatedAt));
}
