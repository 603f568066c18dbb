using System.Buffers.Binary;
using Npgsql;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Identifiers;
using static PayFlow.ServiceDefaults.Connections.SetBased;

namespace PayFlow.Transactions.Confirmation;

/// <summary>
/// The tables of known payees and of used confirmations. A payee becomes known when a confirmed payment to them is
/// accepted, not when it completes: the confirmation says that the payer means them, which an empty wallet does not
/// make untrue, and the saga has nothing to do for it. A payee that was not paid for long is a stranger again.
/// </summary>
internal static class Confirming
{
    /// <summary>How long after the last payment a payee is known.</summary>
    public static readonly TimeSpan KnownFor = TimeSpan.FromDays(180);

    /// <summary>A payment writes its time only where the last one that is written is this old.</summary>
    public static readonly TimeSpan RenewedAfter = TimeSpan.FromDays(7);

    // A confirmation is good for minutes. What is longer ago is refused for its age.
    private static readonly TimeSpan UsedKept = TimeSpan.FromDays(7);

    /// <summary>Those that were ever known, with the time of the last payment.</summary>
    public static NpgsqlBatchCommand FindKnown(IReadOnlyCollection<PayeePair> pairs) =>
        Command(
            """
            select v.payer, v.payee, k.last_paid_at from unnest($2, $3) v(payer, payee)
            cross join lateral (
              select last_paid_at from known_payees where tenant_id = $1 and payer_id = v.payer and payee_id = v.payee limit 1) k
            """,
            Value(TenantId.Default.Value),
            Column(pairs, pair => pair.Payer),
            Column(pairs, pair => pair.Payee)
        );

    /// <summary>Repeating one changes nothing.</summary>
    public static NpgsqlBatchCommand Know(IReadOnlyCollection<PayeePair> pairs, DateTimeOffset at) =>
        Command(
            """
            insert into known_payees as k (tenant_id, payer_id, payee_id, since, last_paid_at)
            select $1, payer, payee, $2, $2 from unnest($3, $4) v(payer, payee) order by payer, payee
            on conflict (tenant_id, payer_id, payee_id) do update set last_paid_at = greatest(k.last_paid_at, excluded.last_paid_at)
            """,
            Value(TenantId.Default.Value),
            Value(at),
            Column(pairs, pair => pair.Payer),
            Column(pairs, pair => pair.Payee)
        );

    /// <summary>Forgets what was known until the time of each event; what was confirmed after it stays.</summary>
    public static NpgsqlBatchCommand Forget(IReadOnlyCollection<PayeesForgotten> forgotten) =>
        Command(
            """
            delete from known_payees k using unnest($2, $3) v(payer, at)
            where k.tenant_id = $1 and k.payer_id = v.payer and k.last_paid_at <= v.at
            """,
            Value(TenantId.Default.Value),
            Column(forgotten, one => one.PartyId.Value),
            Column(forgotten, one => one.At.ToUniversalTime())
        );

    /// <summary>
    /// Deletes some of the used confirmations that are long over. Their ids are in the order of their times.
    /// </summary>
    public static NpgsqlBatchCommand DeleteUsed(DateTimeOffset now, int limit)
    {
        Span<byte> first = stackalloc byte[16];
        first.Clear();
        BinaryPrimitives.WriteInt64BigEndian(first, (now - UsedKept).ToUnixTimeMilliseconds() << 16);
        return Command(
            """
            delete from used_confirmations where tenant_id = $1 and id in (
              select id from used_confirmations where tenant_id = $1 and id < $2 order by id limit $3)
            """,
            Value(TenantId.Default.Value),
            Value(new Guid(first, bigEndian: true)),
            Value(limit)
        );
    }

    public static NpgsqlBatchCommand FindUsed(IReadOnlyCollection<Guid> confirmations) =>
        Command(
            "select id from used_confirmations where tenant_id = $1 and id = any($2)",
            Value(TenantId.Default.Value),
            Column(confirmations, id => id)
        );

    public static NpgsqlBatchCommand Use(IReadOnlyCollection<UsedConfirmation> used) =>
        Command(
            "insert into used_confirmations (tenant_id, id, transaction_id, used_at) select $1, id, transaction, at from unnest($2, $3, $4) v(id, transaction, at)",
            Value(TenantId.Default.Value),
            Column(used, one => one.Id),
            Column(used, one => one.Transaction),
            Column(used, one => one.At)
        );
}
