using Npgsql;
using PayFlow.ServiceDefaults.Amounts;
using PayFlow.ServiceDefaults.Commits;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Identifiers;
using static PayFlow.ServiceDefaults.Connections.SqlArrays;
using static PayFlow.ServiceDefaults.Tenancy.TenantSql;

namespace PayFlow.Accounts.Ledger;

/// <summary>
/// Applies commands to the database within a unit of work, set-based: lock the accounts in id order first, so that
/// what was posted while waiting is seen; read what is already decided; decide the rest in memory; write it all at
/// once.
/// </summary>
public sealed class LedgerWriter(ILogger<LedgerWriter> logger)
{
    public const string Posted = "posted";

    /// <param name="work">Its commit writes what is decided here.</param>
    /// <returns>
    /// The decisions in the order of the commands; a duplicate's is the first one's. A command that must wait has none:
    /// nothing is written for it, and it is decided when it is sent again.
    /// </returns>
    public IReadOnlyList<LedgerDecision> Apply(
        BatchUnitOfWork work,
        TenantId tenant,
        IReadOnlyList<TracedCommand> commands
    )
    {
        var (accounts, holds, known, now) = Lock(work.Connection, tenant, commands);
        var heldBefore = holds.ToDictionary();
        var before = accounts.ToDictionary(pair => pair.Key, pair => pair.Value.Version);
        var decisions = new List<LedgerDecision>(commands.Count);
        var fresh = new List<LedgerDecision>();
        var decided = new Dictionary<(Guid, short), LedgerDecision>(known);
        var waiting = 0;
        foreach (var traced in commands)
        {
            var command = traced.Command;
            var isKnown = decided.TryGetValue((command.TransactionId, command.Leg), out var decision);
            if (decision is null)
            {
                if (Ledger.MustWait(accounts, command, now))
                {
                    waiting++;
                    continue;
                }

                decision = Ledger.Decide(accounts, holds, [command], now)[0];
                decided[(command.TransactionId, command.Leg)] = decision;
                fresh.Add(decision);
            }

            decisions.Add(decision);
            if (!isKnown || traced.AnswersAgain)
                Announce(work, tenant, decision, traced);
        }

        if (waiting > 0)
            logger.LogError(
                "{Commands} commands wait: the last posting of an account is ahead of the database's clock",
                waiting
            );
        var changed = accounts.Values.Where(account => account.Version != before[account.Id]).ToList();
        foreach (var account in changed.Where(account => account.Kind != AccountKind.System))
            work.Publish(Balance(tenant, account, now));
        if (fresh.Count > 0)
            work.Audit(LedgerAudit.Of(tenant, fresh));
        Write(work.Write, tenant, fresh, changed, now);
        LedgerHolds.Write(
            work.Write,
            tenant,
            [.. holds.Values.Where(hold => hold != heldBefore.GetValueOrDefault(hold.Id))]
        );
        return decisions;
    }

    public static BalanceUpdated Balance(TenantId tenant, LedgerAccount account, DateTimeOffset asOf)
    {
        var currency = Currency.Parse(account.Currency);
        return new BalanceUpdated(
            tenant,
            new AccountId(account.Id),
            account.Version,
            account.EntrySeq,
            Money.Format(account.Balance, currency),
            Money.Format(account.Held, currency),
            Money.Format(account.Available, currency),
            account.Currency,
            asOf
        );
    }

    private static (
        Dictionary<Guid, LedgerAccount> Accounts,
        Dictionary<Guid, LedgerHold> Holds,
        Dictionary<(Guid, short), LedgerDecision> Known,
        DateTimeOffset Now
    ) Lock(NpgsqlConnection connection, TenantId tenant, IReadOnlyList<TracedCommand> commands)
    {
        var ids = commands
            .SelectMany(traced => traced.Command.Lines.Select(line => line.AccountId))
            .Distinct()
            .ToArray();
        var transactions = commands.Select(traced => traced.Command.TransactionId).Distinct().ToArray();
        using var read = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                Command(
                    """
                    select id, kind, status, currency, balance, held, max_balance, version, entry_seq, last_posted_at
                    from accounts where tenant_id = $2 and id = any($1) order by id for update
                    """,
                    Value(ids),
                    OfTenant(tenant)
                ),
                Command(
                    """
                    select transaction_id, leg, outcome, posted_at from postings
                    where tenant_id = $2 and transaction_id = any($1)
                    """,
                    Value(transactions),
                    OfTenant(tenant)
                ),
                // By itself: within the locking statement it would be read before a lock is waited for.
                Command("select clock_timestamp()"),
            },
        };
        var changed = commands
            .Where(traced => traced.Command.ChangesHolds)
            .Select(traced => traced.Command.HoldId)
            .Distinct()
            .ToArray();
        if (changed.Length > 0)
            read.BatchCommands.Add(LedgerHolds.Find(tenant, changed));
        var accounts = new Dictionary<Guid, LedgerAccount>();
        var holds = new Dictionary<Guid, LedgerHold>();
        var postings = new List<(Guid TransactionId, short Leg, string Outcome, DateTimeOffset At)>();
        DateTimeOffset now;
        using (var reader = read.ExecuteReader())
        {
            while (reader.Read())
            {
                var account = new LedgerAccount(
                    reader.GetGuid(0),
                    EnumNames.Parse<AccountKind>(reader.GetString(1)),
                    EnumNames.Parse<AccountStatus>(reader.GetString(2)),
                    reader.GetString(3),
                    reader.GetInt64(4),
                    reader.GetInt64(5),
                    reader.IsDBNull(6) ? null : reader.GetInt64(6),
                    reader.GetInt64(7),
                    reader.GetInt64(8),
                    reader.IsDBNull(9) ? null : reader.GetFieldValue<DateTimeOffset>(9)
                );
                accounts[account.Id] = account;
            }

            reader.NextResult();
            while (reader.Read())
                postings.Add(
                    (
                        reader.GetGuid(0),
                        reader.GetInt16(1),
                        reader.GetString(2),
                        reader.GetFieldValue<DateTimeOffset>(3)
                    )
                );
            reader.NextResult();
            reader.Read();
            now = reader.GetFieldValue<DateTimeOffset>(0);
            if (changed.Length > 0)
            {
                reader.NextResult();
                LedgerHolds.Read(reader, holds);
            }
        }

        var known = new Dictionary<(Guid, short), LedgerDecision>();
        if (postings.Count == 0)
            return (accounts, holds, known, now);
        var entries = Entries(connection, tenant, transactions);
        foreach (var (id, leg, outcome, at) in postings)
        {
            if (
                commands.FirstOrDefault(traced => traced.Command.TransactionId == id && traced.Command.Leg == leg)
                is not { } first
            )
                continue;
            known[(id, leg)] = new LedgerDecision(
                first.Command,
                outcome == Posted ? null : EnumNames.Parse<FailureReason>(outcome),
                at,
                [.. entries[(id, leg)]]
            );
        }

        return (accounts, holds, known, now);
    }

    private static ILookup<(Guid, short), LedgerEntry> Entries(
        NpgsqlConnection connection,
        TenantId tenant,
        Guid[] transactions
    )
    {
        using var read = new NpgsqlCommand(
            """
            select transaction_id, leg, account_id, entry_seq, amount, balance, currency from entries
            where tenant_id = $2 and transaction_id = any($1) order by account_id, entry_seq
            """,
            connection
        );
        read.Parameters.Add(Value(transactions));
        read.Parameters.Add(OfTenant(tenant));
        using var reader = read.ExecuteReader();
        var entries = new List<((Guid, short) Key, LedgerEntry Entry)>();
        while (reader.Read())
            entries.Add(
                (
                    (reader.GetGuid(0), reader.GetInt16(1)),
                    new LedgerEntry(
                        reader.GetGuid(2),
                        reader.GetInt64(3),
                        reader.GetInt64(4),
                        reader.GetInt64(5),
                        reader.GetString(6)
                    )
                )
            );
        return entries.ToLookup(entry => entry.Key, entry => entry.Entry);
    }

    private static void Announce(BatchUnitOfWork work, TenantId tenant, LedgerDecision decision, TracedCommand traced)
    {
        var trace = traced.TraceParent;
        var transaction = new TransactionId(decision.Command.TransactionId);
        if (decision.Refusal is { } reason)
        {
            work.Publish(
                new DebitFailed(
                    tenant,
                    transaction,
                    decision.Command.Leg,
                    new AccountId(decision.Command.Payer),
                    reason,
                    decision.PostedAt
                ),
                trace
            );
            return;
        }

        if (traced.AnswersAsPosting)
        {
            work.Publish(Posting(tenant, decision), trace);
            return;
        }

        foreach (var entry in decision.Entries)
        {
            var currency = Currency.Parse(entry.Currency);
            var (account, balance) = (new AccountId(entry.AccountId), Money.Format(entry.Balance, currency));
            if (entry.Amount < 0)
                work.Publish(
                    new DebitCompleted(
                        tenant,
                        transaction,
                        decision.Command.Leg,
                        account,
                        Money.Format(-entry.Amount, currency),
                        currency.Code,
                        balance,
                        entry.EntrySeq,
                        decision.PostedAt
                    ),
                    trace
                );
            else
                work.Publish(
                    new CreditCompleted(
                        tenant,
                        transaction,
                        decision.Command.Leg,
                        account,
                        Money.Format(entry.Amount, currency),
                        currency.Code,
                        balance,
                        entry.EntrySeq,
                        decision.PostedAt
                    ),
                    trace
                );
        }
    }

    private static PostingCompleted Posting(TenantId tenant, LedgerDecision decision)
    {
        var command = decision.Command;
        return new PostingCompleted(
            tenant,
            new TransactionId(command.TransactionId),
            command.Leg,
            [
                .. decision.Entries.Select(entry => new PostingLine(
                    new AccountId(entry.AccountId),
                    Money.Format(entry.Amount, Currency.Parse(entry.Currency)),
                    Currency: entry.Currency == command.Currency ? null : entry.Currency
                )),
            ],
            command.Currency,
            decision.PostedAt
        );
    }

    private static void Write(
        NpgsqlBatch write,
        TenantId tenant,
        List<LedgerDecision> fresh,
        List<LedgerAccount> changed,
        DateTimeOffset now
    )
    {
        if (changed.Count > 0)
        {
            write.BatchCommands.Add(
                Command(
                    """
                    update accounts a set balance = v.balance, held = v.held, version = v.version, entry_seq = v.seq,
                      last_posted_at = v.posted, updated_at = $7
                    from (select * from unnest($1, $2, $3, $4, $5, $6) limit $8)
                      v(id, balance, held, version, seq, posted)
                    where a.tenant_id = $9 and a.id = v.id
                    """,
                    Column(changed, account => account.Id),
                    Column(changed, account => account.Balance),
                    Column(changed, account => account.Held),
                    Column(changed, account => account.Version),
                    Column(changed, account => account.EntrySeq),
                    Column(changed, account => account.LastPostedAt ?? now),
                    Value(now),
                    AllRows,
                    OfTenant(tenant)
                )
            );
            var entries = fresh.SelectMany(decision => decision.Entries.Select(entry => (decision, entry))).ToList();
            write.BatchCommands.Add(
                Command(
                    """
                    insert into entries (account_id, entry_seq, tenant_id, transaction_id, leg, amount, balance,
                      currency, posted_at)
                    select account, seq, $9, tx, leg, amount, balance, currency, posted
                    from unnest($1, $2, $3, $4, $5, $6, $7, $8)
                      v(account, seq, tx, leg, amount, balance, currency, posted)
                    """,
                    Column(entries, row => row.entry.AccountId),
                    Column(entries, row => row.entry.EntrySeq),
                    Column(entries, row => row.decision.Command.TransactionId),
                    Column(entries, row => row.decision.Command.Leg),
                    Column(entries, row => row.entry.Amount),
                    Column(entries, row => row.entry.Balance),
                    Column(entries, row => row.entry.Currency),
                    Column(entries, row => row.decision.PostedAt),
                    OfTenant(tenant)
                )
            );
        }

        if (fresh.Count > 0)
        {
            write.BatchCommands.Add(
                Command(
                    """
                    insert into postings (tenant_id, transaction_id, leg, outcome, payer_id, posted_at, effective_at)
                    select $6, tx, leg, outcome, payer, posted, posted
                    from unnest($1, $2, $3, $4, $5) v(tx, leg, outcome, payer, posted)
                    """,
                    Column(fresh, decision => decision.Command.TransactionId),
                    Column(fresh, decision => decision.Command.Leg),
                    Column(fresh, decision => decision.Refusal is { } reason ? EnumNames.Of(reason) : Posted),
                    Column(fresh, decision => decision.Command.Payer),
                    Column(fresh, decision => decision.PostedAt),
                    OfTenant(tenant)
                )
            );
        }
    }
}
