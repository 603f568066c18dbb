using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Messaging;
using PayFlow.ServiceDefaults.Monetary;

namespace PayFlow.Accounts.Ledger;

/// <summary>A command with the trace that it came in.</summary>
public sealed record TracedCommand(LedgerCommand Command, string? TraceParent);

/// <summary>
/// Applies commands to the database within the caller's transaction, set-based: lock the accounts in id order first, so that
/// what was posted while waiting is seen; read what is already decided; decide the rest in memory; write it all at once.
/// </summary>
public sealed class LedgerWriter(Outbox outbox, TimeProvider clock)
{
    private const string Posted = "posted";

    /// <returns>The decisions in the order of the commands; a duplicate's is the first one's.</returns>
    public IReadOnlyList<LedgerDecision> Apply(
        NpgsqlConnection connection, NpgsqlTransaction transaction, TenantId tenant, IReadOnlyList<TracedCommand> commands, OutboxBatch events, Action<IReadOnlyList<LedgerDecision>>? more = null)
    {
        var (accounts, known) = Lock(connection, transaction, tenant, commands);
        var before = accounts.ToDictionary(pair => pair.Key, pair => pair.Value.Version);
        var decisions = new List<LedgerDecision>(commands.Count);
        var fresh = new List<LedgerDecision>();
        var decided = new Dictionary<(Guid, short), LedgerDecision>(known);
        var now = clock.GetUtcNow();
        now = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond)); // what the database keeps
        foreach (var (command, trace) in commands)
        {
            if (!decided.TryGetValue((command.TransactionId, command.Leg), out var decision))
            {
                decision = Ledger.Decide(accounts, [command], now)[0];
                decided[(command.TransactionId, command.Leg)] = decision;
                fresh.Add(decision);
            }

            decisions.Add(decision);
            Announce(events, tenant, decision, trace);
        }

        var changed = accounts.Values.Where(account => account.Version != before[account.Id]).ToList();
        foreach (var account in changed.Where(account => account.Kind != AccountKind.System)) events.Add(Balance(tenant, account, now));
        more?.Invoke(decisions);
        Write(connection, transaction, tenant, fresh, changed, events, now);
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
            asOf);
    }

    public static string Word<T>(T value)
        where T : struct, Enum => JsonSerializer.Serialize(value).Trim('"');

    public static T Parse<T>(string word)
        where T : struct, Enum => JsonSerializer.Deserialize<T>($"\"{word}\"");

    private static (Dictionary<Guid, LedgerAccount> Accounts, Dictionary<(Guid, short), LedgerDecision> Known) Lock(
        NpgsqlConnection connection, NpgsqlTransaction transaction, TenantId tenant, IReadOnlyList<TracedCommand> commands)
    {
        var ids = commands.SelectMany(traced => traced.Command.Lines.Select(line => line.AccountId)).Distinct().ToArray();
        var transactions = commands.Select(traced => traced.Command.TransactionId).Distinct().ToArray();
        using var read = new NpgsqlBatch(connection, transaction)
        {
            BatchCommands =
            {
                Command(
                    "select id, kind, status, currency, balance, held, max_balance, version, entry_seq, last_posted_at from accounts where tenant_id = $2 and id = any($1) order by id for update",
                    new NpgsqlParameter<Guid[]> { TypedValue = ids },
                    new NpgsqlParameter<Guid> { TypedValue = tenant.Value }),
                Command(
                    "select transaction_id, leg, outcome, posted_at from postings where tenant_id = $2 and transaction_id = any($1)",
                    new NpgsqlParameter<Guid[]> { TypedValue = transactions },
                    new NpgsqlParameter<Guid> { TypedValue = tenant.Value }),
            },
        };
        var accounts = new Dictionary<Guid, LedgerAccount>();
        var postings = new List<(Guid TransactionId, short Leg, string Outcome, DateTimeOffset At)>();
        using (var reader = read.ExecuteReader())
        {
            while (reader.Read())
            {
                var account = new LedgerAccount(
                    reader.GetGuid(0),
                    Parse<AccountKind>(reader.GetString(1)),
                    Parse<AccountStatus>(reader.GetString(2)),
                    reader.GetString(3),
                    reader.GetInt64(4),
                    reader.GetInt64(5),
                    reader.IsDBNull(6) ? null : reader.GetInt64(6),
                    reader.GetInt64(7),
                    reader.GetInt64(8),
                    reader.IsDBNull(9) ? null : reader.GetFieldValue<DateTimeOffset>(9));
                accounts[account.Id] = account;
            }

            reader.NextResult();
            while (reader.Read()) postings.Add((reader.GetGuid(0), reader.GetInt16(1), reader.GetString(2), reader.GetFieldValue<DateTimeOffset>(3)));
        }

        var known = new Dictionary<(Guid, short), LedgerDecision>();
        if (postings.Count == 0) return (accounts, known);
        var entries = Entries(connection, transaction, transactions);
        foreach (var (id, leg, outcome, at) in postings)
        {
            if (commands.FirstOrDefault(traced => traced.Command.TransactionId == id && traced.Command.Leg == leg) is not { } first) continue;
            known[(id, leg)] = new LedgerDecision(first.Command, outcome == Posted ? null : Parse<FailureReason>(outcome), at, [.. entries[(id, leg)]]);
        }

        return (accounts, known);
    }

    private static ILookup<(Guid, short), LedgerEntry> Entries(NpgsqlConnection connection, NpgsqlTransaction transaction, Guid[] transactions)
    {
        using var read = new NpgsqlCommand("select transaction_id, leg, account_id, entry_seq, amount, balance from entries where transaction_id = any($1) order by account_id, entry_seq", connection, transaction);
        read.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = transactions });
        using var reader = read.ExecuteReader();
        var entries = new List<((Guid, short) Key, LedgerEntry Entry)>();
        while (reader.Read()) entries.Add(((reader.GetGuid(0), reader.GetInt16(1)), new LedgerEntry(reader.GetGuid(2), reader.GetInt64(3), reader.GetInt64(4), reader.GetInt64(5))));
        return entries.ToLookup(entry => entry.Key, entry => entry.Entry);
    }

    private static void Announce(OutboxBatch events, TenantId tenant, LedgerDecision decision, string? trace)
    {
        var transaction = new TransactionId(decision.Command.TransactionId);
        if (decision.Refusal is { } reason)
        {
            events.Add(new DebitFailed(tenant, transaction, decision.Command.Leg, new AccountId(decision.Command.Payer), reason, decision.PostedAt), trace);
            return;
        }

        var currency = Currency.Parse(decision.Command.Currency);
        foreach (var entry in decision.Entries)
        {
            var (account, balance) = (new AccountId(entry.AccountId), Money.Format(entry.Balance, currency));
            if (entry.Amount < 0) events.Add(new DebitCompleted(tenant, transaction, decision.Command.Leg, account, Money.Format(-entry.Amount, currency), currency.Code, balance, entry.EntrySeq, decision.PostedAt), trace);
            else events.Add(new CreditCompleted(tenant, transaction, decision.Command.Leg, account, Money.Format(entry.Amount, currency), currency.Code, balance, entry.EntrySeq, decision.PostedAt), trace);
        }
    }

    private void Write(
        NpgsqlConnection connection, NpgsqlTransaction transaction, TenantId tenant, List<LedgerDecision> fresh, List<LedgerAccount> changed, OutboxBatch events, DateTimeOffset now)
    {
        using var write = new NpgsqlBatch(connection, transaction);
        var tenantId = tenant.Value;
        if (changed.Count > 0)
        {
            write.BatchCommands.Add(Command(
                """
                update accounts a set balance = v.balance, held = v.held, version = v.version, entry_seq = v.seq, last_posted_at = v.posted, updated_at = $7
                from unnest($1, $2, $3, $4, $5, $6) v(id, balance, held, version, seq, posted) where a.id = v.id
                """,
                Array(changed, account => account.Id),
                Array(changed, account => account.Balance),
                Array(changed, account => account.Held),
                Array(changed, account => account.Version),
                Array(changed, account => account.EntrySeq),
                Times(changed.Select(account => account.LastPostedAt ?? now)),
                Time(now)));
            var entries = fresh.SelectMany(decision => decision.Entries.Select(entry => (decision, entry))).ToList();
            write.BatchCommands.Add(Command(
                """
                insert into entries (account_id, entry_seq, tenant_id, transaction_id, leg, amount, balance, currency, posted_at)
                select account, seq, $9, tx, leg, amount, balance, currency, posted from unnest($1, $2, $3, $4, $5, $6, $7, $8) v(account, seq, tx, leg, amount, balance, currency, posted)
                """,
                Array(entries, row => row.entry.AccountId),
                Array(entries, row => row.entry.EntrySeq),
                Array(entries, row => row.decision.Command.TransactionId),
                Array(entries, row => row.decision.Command.Leg),
                Array(entries, row => row.entry.Amount),
                Array(entries, row => row.entry.Balance),
                Array(entries, row => row.decision.Command.Currency),
                Times(entries.Select(row => row.decision.PostedAt)),
                new NpgsqlParameter<Guid> { TypedValue = tenantId }));
        }

        if (fresh.Count > 0)
        {
            write.BatchCommands.Add(Command(
                """
                insert into postings (tenant_id, transaction_id, leg, outcome, payer_id, posted_at, effective_at)
                select $6, tx, leg, outcome, payer, posted, posted from unnest($1, $2, $3, $4, $5) v(tx, leg, outcome, payer, posted)
                """,
                Array(fresh, decision => decision.Command.TransactionId),
                Array(fresh, decision => decision.Command.Leg),
                Array(fresh, decision => decision.Refusal is { } reason ? Word(reason) : Posted),
                Array(fresh, decision => decision.Command.Payer),
                Times(fresh.Select(decision => decision.PostedAt)),
                new NpgsqlParameter<Guid> { TypedValue = tenantId }));
        }

        outbox.AddTo(write, events);
        if (write.BatchCommands.Count > 0) write.ExecuteNonQuery();
    }

    private static NpgsqlBatchCommand Command(string sql, params ReadOnlySpan<NpgsqlParameter> parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var parameter in parameters) command.Parameters.Add(parameter);
        return command;
    }

    private static NpgsqlParameter<TValue[]> Array<TRow, TValue>(List<TRow> rows, Func<TRow, TValue> value) => new() { TypedValue = [.. rows.Select(value)] };

    private static NpgsqlParameter<DateTimeOffset[]> Times(IEnumerable<DateTimeOffset> times) => new() { TypedValue = [.. times], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz };

    private static NpgsqlParameter<DateTimeOffset> Time(DateTimeOffset time) => new() { TypedValue = time, NpgsqlDbType = NpgsqlDbType.TimestampTz };
}
