using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using PayFlow.Accounts.Data;
using PayFlow.Accounts.Ledger;
using PayFlow.ServiceDefaults.AuditChain;
using PayFlow.ServiceDefaults.Commits;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Messaging;
using PayFlow.ServiceDefaults.Tenancy;
using PayFlow.Transactions.Data;
using PayFlow.Transactions.Intake;
using PayFlow.Transactions.Lifecycle;
using PayFlow.Transactions.Payees;
using PayFlow.Transactions.Reconciliation;

namespace PayFlow.EndToEnd.Tests;

/// <summary>
/// The ledger and the saga in this process, each on a database of its own. The test itself carries the messages, so it
/// can lose and repeat each of them.
/// </summary>
internal sealed class TwoServices(RunningPayFlow payflow, IReadOnlyList<TransactionKind> kinds) : IAsyncDisposable
{
    private readonly string _name = Wallet.NewKey().Replace("-", "", StringComparison.Ordinal);
    private readonly OutboxQueue _fromLedger = new();
    private readonly OutboxQueue _fromSaga = new();

    public NpgsqlDataSource Accounts { get; private set; } = null!;

    public NpgsqlDataSource Transactions { get; private set; } = null!;

    public IntakeWriter Intake { get; private set; } = null!;

    public LedgerConsumer Ledger { get; private set; } = null!;

    public SagaConsumer Saga { get; private set; } = null!;

    public Transitions Transitions { get; private set; } = null!;

    public UnitsOfWork SagaUnits { get; private set; } = null!;

    public Sweeper Sweeper { get; private set; } = null!;

    /// <summary>Every message that was published, in its order.</summary>
    public List<ConsumedMessage> Published { get; } = [];

    private static TimeProvider Clock => TimeProvider.System;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public AccountsDbContext NewAccounts() => new(Options<AccountsDbContext>("ledger"));

    public TransactionsDbContext NewTransactions() => new(Options<TransactionsDbContext>("saga"));

    public async Task StartAsync()
    {
        await DatabaseCopies.CreateAsync<AccountsDbContext>(payflow, Name("ledger"), options => new(options));
        await DatabaseCopies.CreateAsync<TransactionsDbContext>(payflow, Name("saga"), options => new(options));
        Accounts = NpgsqlDataSource.Create(payflow.Database(Name("ledger")));
        Transactions = NpgsqlDataSource.Create(payflow.Database(Name("saga")));
        var ledgerUnits = new UnitsOfWork(Accounts, new Outbox(_fromLedger, Clock), new AuditLanes(Clock), Clock);
        SagaUnits = new UnitsOfWork(Transactions, new Outbox(_fromSaga, Clock), new AuditLanes(Clock), Clock);
        var backlog = new Backlog(Transactions, Clock, NullLogger<Backlog>.Instance);
        var known = new TransactionKinds(kinds);
        Transitions = new Transitions(
            known,
            new TransactionWaiters(Transactions, Clock, NullLogger<TransactionWaiters>.Instance),
            backlog,
            new AcceptedDifferences(),
            Clock
        );
        Ledger = new LedgerConsumer(ledgerUnits, new LedgerWriter(NullLogger<LedgerWriter>.Instance), Clock);
        Saga = new SagaConsumer(
            SagaUnits,
            new AccountDirectory(Transactions, null!, Clock, NullLogger<AccountDirectory>.Instance),
            Transitions
        );
        Sweeper = new Sweeper(SagaUnits, known, Clock, NullLogger<Sweeper>.Instance);
        Intake = new IntakeWriter(SagaUnits, backlog, NullLogger<IntakeWriter>.Instance);
        await Intake.StartAsync(Cancel);
    }

    /// <summary>Delivers what was published until nothing more is.</summary>
    /// <param name="loses">
    /// Which messages are lost after the commit of their effect, as when a process ends before it publishes.
    /// </param>
    /// <param name="times">How often each of the others arrives.</param>
    public void Deliver(Func<ConsumedMessage, bool> loses, int times = 1)
    {
        while (_fromSaga.Reader.TryRead(out var batch) || _fromLedger.Reader.TryRead(out batch))
        {
            foreach (var message in batch.Messages.Select(Read))
            {
                Published.Add(message);
                if (loses(message))
                    continue;
                for (var i = 0; i < times; i++)
                    Handle(message);
            }
        }
    }

    /// <summary>Hands a message to the service that reads its topic; nobody here reads the others.</summary>
    public void Handle(ConsumedMessage message)
    {
        if (Ledger.Topics.Contains(message.Topic, StringComparer.Ordinal))
            Ledger.Handle([message]);
        else if (Saga.Topics.Contains(message.Topic, StringComparer.Ordinal))
            Saga.Handle([message]);
    }

    /// <summary>Sweeps as if everything had been pending for a minute.</summary>
    public async Task<Sweeper.Swept> SweepAsync()
    {
        await ExecuteAsync(
            Transactions,
            "update pending_transactions set created_at = now() - interval '1 minute', asked_at = null"
        );
        return await Sweeper.SweepAsync(Cancel);
    }

    public static async Task ExecuteAsync(NpgsqlDataSource database, string sql, params NpgsqlParameter[] parameters)
    {
        await using var command = database.CreateCommand(sql);
        command.Parameters.AddRange(parameters);
        await command.ExecuteNonQueryAsync(Cancel);
    }

    public Task<AccountId> OpenAsync(string currency, long balance = 0) =>
        OpenAsync(TenantId.Default, currency, balance);

    public async Task<AccountId> OpenAsync(TenantId tenant, string currency, long balance = 0)
    {
        var id = AccountId.New(Clock);
        await using (var connection = await Accounts.OpenConnectionAsync(Cancel))
            await SystemAccounts.EnsureAsync(connection, tenant, currency, Clock.GetUtcNow(), Cancel);
        await using var insert = Accounts.CreateCommand(
            """
            insert into accounts (id, tenant_id, account_number, owner_id, holder_name, email, kind, currency, balance,
                                  held, status, time_zone, version, entry_seq, created_at, updated_at)
            values ($1, $2, $1::text, $1, 'Anyone', '', 'customer', $3, 0, 0, 'active', 'UTC', 1, 0, now(), now())
            """
        );
        insert.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id.Value });
        insert.Parameters.Add(TenantSql.OfTenant(tenant));
        insert.Parameters.Add(new NpgsqlParameter<string> { TypedValue = currency });
        await insert.ExecuteNonQueryAsync(Cancel);
        if (balance > 0)
            Fund(tenant, id, currency, balance);
        return id;
    }

    /// <summary>An account in rupees whose owner has the same id.</summary>
    public static DirectoryEntry Entry(AccountId account) =>
        new(account, new PartyId(account.Value), "Anyone", null, "INR", "Asia/Kolkata") { Tenant = TenantId.Default };

    public async ValueTask DisposeAsync()
    {
        await Intake.StopAsync(CancellationToken.None);
        Intake.Dispose();
        await Accounts.DisposeAsync();
        await Transactions.DisposeAsync();
    }

    private void Fund(TenantId tenant, AccountId id, string currency, long balance)
    {
        var units = new UnitsOfWork(Accounts, new Outbox(new OutboxQueue(), Clock), new AuditLanes(Clock), Clock);
        using var work = units.BeginBatch();
        var equity = SystemAccounts.Id(tenant, "equity", currency);
        new LedgerWriter(NullLogger<LedgerWriter>.Instance).Apply(
            work,
            tenant,
            [
                new TracedCommand(
                    new LedgerCommand(
                        TypedId.NewGuid(Clock),
                        1,
                        equity,
                        currency,
                        [new LedgerLine(equity, -balance), new LedgerLine(id.Value, balance)]
                    ),
                    null
                ),
            ]
        );
        work.Commit();
    }

    private static ConsumedMessage Read(OutgoingMessage message) =>
        new()
        {
            Topic = message.Topic,
            Partition = 0,
            Offset = 0,
            Key = message.Key,
            Id = message.Id,
            Time = message.Time,
            TraceParent = message.TraceParent,
            Body = message.Body,
        };

    private string Name(string service) => $"kinds_{service}_{_name}";

    private DbContextOptions<T> Options<T>(string service)
        where T : DbContext => DatabaseCopies.Options<T>(payflow.Database(Name(service)));
}
