using Npgsql;
using PayFlow.ServiceDefaults.Amounts;
using PayFlow.ServiceDefaults.Commits;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Messaging;
using static PayFlow.ServiceDefaults.Connections.SqlArrays;
using static PayFlow.ServiceDefaults.Tenancy.TenantSql;

namespace PayFlow.Transactions.Lifecycle;

/// <summary>
/// Records what Accounts posted by itself as completed transactions, so that an account's activity sums to its balance.
/// </summary>
internal static class RecordAdjustments
{
    /// <summary>Writes those that are new and announces their end. A repeated one changes nothing.</summary>
    /// <exception cref="PoisonMessageException">Another transaction has the id of one of them.</exception>
    public static void Add(
        BatchUnitOfWork work,
        IReadOnlyList<(AdjustmentPosted Posted, ConsumedMessage Message)> adjustments,
        List<EndedTransaction> recorded
    )
    {
        if (adjustments.Count == 0)
            return;
        var records = adjustments
            .Select(adjustment => (Facts: Facts(adjustment.Posted, adjustment.Message), adjustment.Message.TraceParent))
            .ToList();
        using var insert = new NpgsqlCommand(
            """
            insert into transactions (
              id, tenant_id, type, status, from_account, from_owner, from_name, from_handle,
              to_account, to_owner, to_name, to_handle, amount, fee, currency, note, refunded_amount,
              channel, leg, created_at, debited_at, credited_at, ended_at)
            select id, tenant, 'adjustment', 'completed', payer, payer_owner, payer_name, payer_handle,
              payee, payee_owner, payee_name, payee_handle, amount, 0, currency, note, 0,
              'ledger', 1, at, at, at, at
            from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) v(
              id, tenant, payer, payer_owner, payer_name, payer_handle, payee, payee_owner, payee_name, payee_handle,
              amount, currency, note, at)
            order by id
            on conflict (id) do nothing
            returning id
            """,
            work.Connection
        );
        insert.Parameters.AddRange(
            new NpgsqlParameter[]
            {
                Column(records, record => record.Facts.TransactionId.Value),
                OfTenants(records, record => record.Facts.TenantId),
                Column(records, record => record.Facts.From.AccountId.Value),
                Column(records, record => record.Facts.From.OwnerId?.Value),
                Column(records, record => record.Facts.From.DisplayName),
                Column(records, record => record.Facts.From.Handle),
                Column(records, record => record.Facts.To.AccountId.Value),
                Column(records, record => record.Facts.To.OwnerId?.Value),
                Column(records, record => record.Facts.To.DisplayName),
                Column(records, record => record.Facts.To.Handle),
                Column(records, record => Money.Parse(record.Facts.Amount, record.Facts.Currency).Minor),
                Column(records, record => record.Facts.Currency),
                Column(records, record => record.Facts.Note),
                Column(records, record => record.Facts.EndedAt),
            }
        );
        var fresh = new HashSet<Guid>();
        using (var reader = insert.ExecuteReader())
        {
            while (reader.Read())
                fresh.Add(reader.GetGuid(0));
        }

        if (fresh.Count < records.Count)
            MustBeTheSame(work.Connection, adjustments, [.. records.Select(record => record.Facts)]);
        foreach (var (facts, trace) in records)
        {
            if (!fresh.Remove(facts.TransactionId.Value))
                continue;
            work.Publish(new TransactionCompleted(facts), trace);
            recorded.Add(
                new EndedTransaction(facts.TransactionId.Value, TransactionStatus.Completed, facts.EndedAt)
                {
                    Tenant = facts.TenantId,
                }
            );
        }
    }

    /// <summary>
    /// What is stored under an adjustment's id must be that adjustment, the one that was written a moment ago included.
    /// </summary>
    private static void MustBeTheSame(
        NpgsqlConnection connection,
        IReadOnlyList<(AdjustmentPosted Posted, ConsumedMessage Message)> adjustments,
        List<TransactionFacts> facts
    )
    {
        using var read = new NpgsqlCommand(
            """
            select id, type, status, from_account, to_account, amount, currency, tenant_id from transactions
            where id = any($1)
            """,
            connection
        );
        read.Parameters.Add(Column(facts, one => one.TransactionId.Value));
        var stored =
            new Dictionary<
                Guid,
                (string Type, string Status, Guid From, Guid To, long Amount, string Currency, Guid Tenant)
            >();
        using (var reader = read.ExecuteReader())
        {
            while (reader.Read())
                stored[reader.GetGuid(0)] = (
                    reader.GetString(1),
                    reader.GetString(2),
                    reader.GetGuid(3),
                    reader.GetGuid(4),
                    reader.GetInt64(5),
                    reader.GetString(6),
                    reader.GetGuid(7)
                );
        }

        for (var i = 0; i < facts.Count; i++)
        {
            var told = (
                Type: "adjustment",
                Status: "completed",
                facts[i].From.AccountId.Value,
                facts[i].To.AccountId.Value,
                Money.Parse(facts[i].Amount, facts[i].Currency).Minor,
                facts[i].Currency,
                facts[i].TenantId.Value
            );
            if (stored.TryGetValue(facts[i].TransactionId.Value, out var there) && there != told)
            {
                throw new PoisonMessageException(
                    adjustments[i].Message,
                    $"The ledger posted an adjustment, and a transaction with its id is there that differs: {there}."
                )
                {
                    CountedBy = TransferMetrics.Contradictions,
                };
            }
        }
    }

    private static TransactionFacts Facts(AdjustmentPosted posted, ConsumedMessage message)
    {
        Money amount;
        try
        {
            amount = Money.Parse(posted.Amount, posted.Currency);
        }
        catch (FormatException unreadable)
        {
            throw new PoisonMessageException(message, unreadable.Message);
        }

        if (amount.Minor is 0 or long.MinValue)
            throw new PoisonMessageException(message, "An adjustment moves some money.");
        var ledger = new Participant(posted.CounterAccount, null, "PayFlow", null);
        var (from, to) = amount.Minor > 0 ? (ledger, posted.Holder) : (posted.Holder, ledger);
        return new TransactionFacts(
            posted.TenantId,
            posted.TransactionId,
            TransactionType.Adjustment,
            from,
            to,
            (amount.Minor > 0 ? amount : -amount).ToString(),
            posted.Currency,
            posted.Reason,
            posted.PostedAt,
            posted.PostedAt
        );
    }
}
