using Npgsql;
using PayFlow.Accounts.Ledger;
using PayFlow.ServiceDefaults.Amounts;
using PayFlow.ServiceDefaults.AuditChain;
using PayFlow.ServiceDefaults.Commits;
using PayFlow.ServiceDefaults.Connections;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Idempotency;
using PayFlow.ServiceDefaults.Identifiers;
using static PayFlow.ServiceDefaults.Connections.SqlArrays;
using static PayFlow.ServiceDefaults.Tenancy.TenantSql;

namespace PayFlow.Accounts.Adjustments;

/// <summary>Posts what Accounts decides by itself, and announces it so that Transactions records it.</summary>
public sealed class AdjustmentEngine(UnitsOfWork units, LedgerWriter ledger, AdjustmentOptions options) : IDisposable
{
    // Not the day of a calendar, or twice as much would be posted around its midnight.
    private static readonly TimeSpan Day = TimeSpan.FromHours(24);

    // All adjustments of a currency lock its equity account, so more at once only wait; and each waits on a thread of
    // the pool.
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <param name="Decision">Null where it waits, or waited, for another admin.</param>
    public sealed record Outcome(TransactionId Id, LedgerDecision? Decision, bool Replayed);

    private readonly record struct Begun(TransactionId Id, bool Replayed, bool Waits = false);

    /// <summary>
    /// Posts an amount that one admin may post alone. A larger one is stored for another admin's decision.
    /// </summary>
    /// <returns>
    /// Null where the key was used for another request. A refusal leaves nothing behind, the key included.
    /// </returns>
    public Task<Outcome?> AskAsync(
        AdjustmentRow asked,
        string key,
        byte[] fingerprint,
        AuditActor who,
        CancellationToken cancellationToken
    )
    {
        var amount = new Money(asked.Amount, Currency.Parse(asked.Currency));
        return InTurnAsync(
            connection =>
            {
                var use = new FirstUse(new TransactionId(asked.Id), fingerprint);
                var command = AdjustmentKeys.Of(who.Tenant, asked.RequestedBy.ToString(), key);
                var first = AdjustmentKeys.Store.Claim(connection, command, use);
                switch (KeyDecision.Decide(first, fingerprint))
                {
                    case KeyOutcome.OtherBody:
                        return null;
                    // A repeated key gets its first answer, whatever was posted since.
                    case KeyOutcome.Replay:
                        return new Begun(first!.Id, Replayed: true, HasWaited(connection, who.Tenant, first.Id));
                }

                var waits = options.NeedsApproval(amount, PostedAlone(connection, asked));
                Keep(connection, asked, waits ? "pending" : "posted");
                return new Begun(use.Id, Replayed: false, waits);
            },
            new Adjustment(new AccountId(asked.AccountId), amount, asked.Reason),
            who,
            cancellationToken
        );
    }

    /// <summary>Posts an adjustment without a request of an admin: sample data.</summary>
    /// <returns>
    /// Null where the key was used for another request. A refusal leaves nothing behind, the key included.
    /// </returns>
    public Task<Outcome?> ApplyAsync(
        Adjustment adjustment,
        CommandKey<string> key,
        FirstUse use,
        AuditActor who,
        CancellationToken cancellationToken
    ) =>
        InTurnAsync(
            connection =>
            {
                var first = AdjustmentKeys.Store.Claim(connection, key, use);
                return KeyDecision.Decide(first, use.Fingerprint) == KeyOutcome.OtherBody
                    ? null
                    : new Begun((first ?? use).Id, Replayed: first is not null && first.Id != use.Id);
            },
            adjustment,
            who,
            cancellationToken
        );

    /// <summary>Posts what another admin approved, in the transaction that records the approval.</summary>
    /// <returns>Null where it was decided before.</returns>
    public Task<Outcome?> ApproveAsync(
        AdjustmentRow proposal,
        UserId approver,
        DateTimeOffset now,
        AuditActor who,
        CancellationToken cancellationToken
    ) =>
        InTurnAsync(
            connection =>
            {
                using var approve = new NpgsqlCommand(
                    """
                    update adjustments set status = 'approved', decided_by = $2, decided_at = $3
                    where tenant_id = $4 and id = $1 and status = 'pending'
                    """,
                    connection
                );
                approve.Parameters.AddRange(
                    new NpgsqlParameter[]
                    {
                        Value(proposal.Id),
                        Value(approver.Value),
                        Value(now),
                        OfTenant(who.Tenant),
                    }
                );
                return approve.ExecuteNonQuery() == 1
                    ? new Begun(new TransactionId(proposal.Id), Replayed: false)
                    : null;
            },
            new Adjustment(
                new AccountId(proposal.AccountId),
                new Money(proposal.Amount, Currency.Parse(proposal.Currency)),
                proposal.Reason
            ),
            who,
            cancellationToken
        );

    public void Dispose() => _turn.Dispose();

    private async Task<Outcome?> InTurnAsync(
        Func<NpgsqlConnection, Begun?> begin,
        Adjustment adjustment,
        AuditActor who,
        CancellationToken cancellationToken
    )
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            // The ledger is synchronous, and its locks are held for a moment only.
            return await Task.Run(() => Apply(begin, adjustment, who), CancellationToken.None);
        }
        finally
        {
            _turn.Release();
        }
    }

    private Outcome? Apply(Func<NpgsqlConnection, Begun?> begin, Adjustment adjustment, AuditActor who)
    {
        var (account, amount, reason) = adjustment;
        using var work = units.BeginBatch();
        if (begin(work.Connection) is not var (winner, replayed, waits))
            return null;
        if (waits)
        {
            if (replayed)
                return new Outcome(winner, null, replayed);
            work.Audit(
                new AuditEvent(AuditActions.AdjustmentRequested, who, "account", account.ToString())
                {
                    After = new
                    {
                        adjustmentId = winner.Value,
                        amount = amount.Minor,
                        currency = amount.Currency.Code,
                        reason,
                    },
                }
            );
            work.Commit();
            return new Outcome(winner, null, replayed);
        }

        var decision = Post(work, who.Tenant, winner, account, amount);
        if (decision.Refusal is not null)
            return new Outcome(winner, decision, false);
        // Transactions records it as an adjustment; debit and credit events are for what Transactions asked for.
        work.PublishOnly(BalanceUpdated.TopicName);
        work.Publish(
            new AdjustmentPosted(
                who.Tenant,
                winner,
                Holder(work.Connection, who.Tenant, account),
                new AccountId(Equity(who.Tenant, amount)),
                amount.ToString(),
                amount.Currency.Code,
                reason,
                decision.PostedAt
            )
        );
        // A repeated key posts nothing and is no adjustment of its own.
        if (!replayed)
            work.Audit(Audited(who, winner, account, amount, reason, decision));
        work.Commit();
        return new Outcome(winner, decision, replayed);
    }

    private static Guid Equity(TenantId tenant, Money amount) =>
        SystemAccounts.Id(tenant, "equity", amount.Currency.Code);

    private LedgerDecision Post(
        BatchUnitOfWork work,
        TenantId tenant,
        TransactionId id,
        AccountId account,
        Money amount
    )
    {
        var command = new LedgerCommand(
            id.Value,
            1,
            account.Value,
            amount.Currency.Code,
            [
                new LedgerLine(account.Value, amount.Minor),
                new LedgerLine(Equity(tenant, amount), checked(-amount.Minor)),
            ]
        );
        var traced = new TracedCommand(command, System.Diagnostics.Activity.Current?.Id);
        return ledger.Apply(work, tenant, [traced]) is [var decision]
            ? decision
            : throw new UnavailableException(
                "Nothing was posted, because the last posting of the account is ahead of the database clock. "
                    + "Send the same request again in a few minutes."
            );
    }

    private static AuditEvent Audited(
        AuditActor who,
        TransactionId transaction,
        AccountId account,
        Money amount,
        string reason,
        LedgerDecision decision
    )
    {
        var balance = decision.Entries.Single(entry => entry.AccountId == account.Value).Balance;
        return new AuditEvent(AuditActions.BalanceAdjusted, who, "account", account.ToString())
        {
            Before = new
            {
                balance = Money.Format(balance - amount.Minor, amount.Currency),
                currency = amount.Currency.Code,
            },
            After = new
            {
                balance = Money.Format(balance, amount.Currency),
                currency = amount.Currency.Code,
                transactionId = transaction.Value,
                reason,
            },
        };
    }

    private static Participant Holder(NpgsqlConnection connection, TenantId tenant, AccountId account)
    {
        using var read = new NpgsqlCommand(
            "select owner_id, holder_name, handle from accounts where tenant_id = $2 and id = $1",
            connection
        );
        read.Parameters.AddRange(new NpgsqlParameter[] { Value(account.Value), OfTenant(tenant) });
        using var reader = read.ExecuteReader();
        reader.Read();
        return new Participant(
            account,
            new PartyId(reader.GetGuid(0)),
            reader.GetString(1),
            reader.IsDBNull(2) ? null : reader.GetString(2)
        );
    }

    /// <summary>
    /// What the admin posted alone within a day: a sum a currency, to whichever accounts and either way. It waits until
    /// what else they ask for at the same time is decided, in this replica or another, so that two do not both find
    /// room for themselves.
    /// </summary>
    private static List<Money> PostedAlone(NpgsqlConnection connection, AdjustmentRow asked)
    {
        using var read = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                Command(
                    "select pg_advisory_xact_lock(hashtextextended($1, 0))",
                    Value($"adjustments of {asked.RequestedBy}")
                ),
                Command(
                    """
                    select currency, sum(abs(amount))::bigint from adjustments
                    where tenant_id = $1 and requested_by = $2 and requested_at > $3 and status = 'posted'
                    group by currency
                    """,
                    OfTenant(new TenantId(asked.TenantId)),
                    Value(asked.RequestedBy),
                    Value(asked.RequestedAt - Day)
                ),
            },
        };
        using var reader = read.ExecuteReader();
        reader.NextResult();
        var sums = new List<Money>();
        while (reader.Read())
            sums.Add(new Money(reader.GetInt64(1), Currency.Parse(reader.GetString(0))));
        return sums;
    }

    private static void Keep(NpgsqlConnection connection, AdjustmentRow asked, string status)
    {
        using var keep = new NpgsqlCommand(
            """
            insert into adjustments (
              id, tenant_id, account_id, amount, currency, reason, status, requested_by, requested_at)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            """,
            connection
        );
        keep.Parameters.AddRange(
            new NpgsqlParameter[]
            {
                Value(asked.Id),
                OfTenant(new TenantId(asked.TenantId)),
                Value(asked.AccountId),
                Value(asked.Amount),
                Value(asked.Currency),
                Value(asked.Reason),
                Value(status),
                Value(asked.RequestedBy),
                Value(asked.RequestedAt),
            }
        );
        keep.ExecuteNonQuery();
    }

    /// <summary>False, too, for what was posted before those that are posted alone were kept here.</summary>
    private static bool HasWaited(NpgsqlConnection connection, TenantId tenant, TransactionId id)
    {
        using var read = new NpgsqlCommand(
            "select exists (select from adjustments where tenant_id = $2 and id = $1 and status <> 'posted')",
            connection
        )
        {
            Parameters = { Value(id.Value), OfTenant(tenant) },
        };
        return read.ExecuteScalar() is true;
    }
}
