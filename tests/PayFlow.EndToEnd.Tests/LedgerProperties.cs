using CsCheck;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using PayFlow.Accounts.Data;
using PayFlow.Accounts.Ledger;
using PayFlow.ServiceDefaults.AuditChain;
using PayFlow.ServiceDefaults.Commits;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Messaging;

namespace PayFlow.EndToEnd.Tests;

/// <summary>I1, I2, I3 and I6 for any sequence of batches, on the real PostgreSQL in a database of their own.</summary>
public sealed class LedgerProperties(OnInMemoryKafka payflow) : IAsyncLifetime, IClassFixture<SharedInMemoryKafka>
{
    private const int Customers = 4;

    // One step of a sequence: a transfer between two of the people, or money from equity; Repeat names an earlier one
    // to send again.
    private static readonly Gen<(int From, int To, long Amount, int Repeat)> Step = Gen.Select(
        Gen.Int[-1, Customers - 1],
        Gen.Int[0, Customers - 1],
        Gen.Frequency((8, Gen.Long[1, 500]), (1, Gen.Long[1, long.MaxValue])),
        Gen.Int[0, 12]
    );

    private static readonly Gen<List<List<(int From, int To, long Amount, int Repeat)>>> Sequence = Step.List[
        1,
        20
    ].List[1, 6];

    private readonly string _name = "properties_" + Wallet.NewKey();
    private NpgsqlDataSource _database = null!;

    public async ValueTask InitializeAsync()
    {
        await DatabaseCopies.CreateAsync<AccountsDbContext>(payflow, _name, options => new(options));
        _database = NpgsqlDataSource.Create(payflow.Database(_name));
    }

    public async ValueTask DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public void Any_sequence_keeps_the_books() => Sequence.Sample(Holds, iter: 60, threads: 1);

    private static Guid[] NewIds(int count) =>
        [.. Enumerable.Range(0, count).Select(_ => TypedId.NewGuid(TimeProvider.System))];

    private bool Holds(List<List<(int From, int To, long Amount, int Repeat)>> batches)
    {
        var people = Open();
        var equity = SystemAccounts.Id(TenantId.Default, "equity", "INR");
        var sent = new List<LedgerCommand>();
        var decided = new Dictionary<Guid, FailureReason?>();
        foreach (var batch in batches)
        {
            var commands = new List<LedgerCommand>();
            foreach (var (from, to, amount, repeat) in batch)
            {
                if (from == to)
                    continue;
                if (repeat < sent.Count)
                    commands.Add(sent[repeat]);
                var payer = from < 0 ? equity : people[from];
                var command = new LedgerCommand(
                    NewIds(1)[0],
                    1,
                    payer,
                    "INR",
                    [new LedgerLine(payer, -amount), new LedgerLine(people[to], amount)]
                );
                commands.Add(command);
                sent.Add(command);
            }

            if (commands.Count == 0)
                continue;
            foreach (var decision in Apply(commands))
            {
                // I3: a repeated command is answered with what was decided the first time.
                if (decided.TryGetValue(decision.Command.TransactionId, out var first) && first != decision.Refusal)
                    return false;
                decided[decision.Command.TransactionId] = decision.Refusal;
            }
        }

        var posted = sent.Where(command =>
                decided.TryGetValue(command.TransactionId, out var refusal) && refusal is null
            )
            .ToList();
        foreach (var person in people)
        {
            var expected = posted
                .SelectMany(command => command.Lines)
                .Where(line => line.AccountId == person)
                .Sum(line => line.Amount);
            var (balance, entries) = Read(person);
            // I2, I1 and I3: never below zero, the sum of its entries, and of each command once.
            if (balance < 0 || balance != expected || balance != entries.Sum(entry => entry.Amount))
                return false;
            var running = 0L;
            for (var i = 0; i < entries.Count; i++)
            {
                running += entries[i].Amount;
                // I6: dense, each running balance the one before and the amount.
                if (entries[i].Seq != i + 1 || entries[i].Balance != running)
                    return false;
            }
        }

        // I1: per currency all entries sum to zero.
        using var sum = _database.CreateCommand("select coalesce(sum(amount), 0)::text from entries");
        return (string)sum.ExecuteScalar()! == "0";
    }

    private Guid[] Open()
    {
        var ids = NewIds(Customers);
        using var insert = _database.CreateCommand(
            """
            insert into accounts (id, tenant_id, account_number, owner_id, holder_name, email, kind, currency, balance,
              held, status, time_zone, version, entry_seq, created_at, updated_at)
            select id, $2, id::text, id, 'Anyone', '', 'customer', 'INR', 0, 0, 'active', 'UTC', 1, 0, now(), now()
            from unnest($1) id
            union all
            select $3, $2, 'equity:INR', $3, 'PayFlow', '', 'system', 'INR', 0, 0, 'active', 'UTC', 1, 0, now(), now()
            on conflict do nothing
            """
        );
        insert.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = ids });
        insert.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = TenantId.Default.Value });
        insert.Parameters.Add(
            new NpgsqlParameter<Guid> { TypedValue = SystemAccounts.Id(TenantId.Default, "equity", "INR") }
        );
        insert.ExecuteNonQuery();
        return ids;
    }

    private IReadOnlyList<LedgerDecision> Apply(List<LedgerCommand> commands)
    {
        // No relay runs: what is to be published stays in the outbox.
        var clock = TimeProvider.System;
        var units = new UnitsOfWork(_database, new Outbox(new OutboxQueue(), clock), new AuditLanes(clock), clock);
        using var work = units.BeginBatch();
        var decisions = new LedgerWriter(NullLogger<LedgerWriter>.Instance).Apply(
            work,
            TenantId.Default,
            [.. commands.Select(command => new TracedCommand(command, null))]
        );
        work.Commit();
        return decisions;
    }

    private (long Balance, List<(long Seq, long Amount, long Balance)> Entries) Read(Guid account)
    {
        using var balance = _database.CreateCommand("select balance from accounts where id = $1");
        balance.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = account });
        using var read = _database.CreateCommand(
            "select entry_seq, amount, balance from entries where account_id = $1 order by entry_seq"
        );
        read.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = account });
        using var reader = read.ExecuteReader();
        var entries = new List<(long, long, long)>();
        while (reader.Read())
            entries.Add((reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2)));
        return ((long)balance.ExecuteScalar()!, entries);
    }
}
