using System.Net;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using PayFlow.Accounts.Identity;
using PayFlow.ServiceDefaults.AuditChain;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.Transactions.Confirmation;
using PayFlow.Transactions.Intake;
using PayFlow.Transactions.Lifecycle;
using PayFlow.Transactions.Limits;
using PayFlow.Transactions.Payees;
using PayFlow.Transactions.Transfers;
using static PayFlow.ServiceDefaults.Connections.SqlArrays;
using static PayFlow.ServiceDefaults.Tenancy.TenantSql;

namespace PayFlow.EndToEnd.Tests;

/// <summary>Two tenants on one installation: nothing of one is read, changed or counted for the other.</summary>
public sealed class TenancyTests(OnInMemoryKafka payflow) : IClassFixture<SharedInMemoryKafka>
{
    private const long Limit = 1_000_00;

    private readonly TenantId _other = TenantId.New(TimeProvider.System);
    private readonly Wallet _wallet = new(payflow);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>
    /// The rows of a person move to another tenant, and nothing else changes: the ids, the token and the key are right,
    /// so only the tenant keeps them away.
    /// </summary>
    [Fact]
    public async Task Rows_of_another_tenant_are_found_by_no_route()
    {
        var (payer, payee) = (await _wallet.OpenAsync("100.00"), await _wallet.OpenAsync());
        using var paid = await _wallet.SendAsync(payer, payee.Account, "10.00", note: "from the first tenant");
        var id = (await Wallet.ReadAsync(paid, HttpStatusCode.Accepted)).GetProperty("id").GetGuid();
        await Wallet.EventuallyAsync(async () => Assert.Equal(2, (await _wallet.HistoryAsync(payer)).Count));
        await Wallet.EventuallyAsync(async () => Assert.NotEqual(0, await ItemsAsync("notifications", payer)));
        Assert.NotEqual("0.00", await UsedTodayAsync(payer));

        await MoveAsync(payer);

        await MustBeUnknownAsync($"transactions/{id}", payer);
        await MustBeUnknownAsync($"accounts/{payer.Account}", payer);
        await MustBeUnknownAsync($"accounts/{payer.Account}/balance", payer);
        await MustBeUnknownAsync($"accounts/{payer.Account}/entries", payer);
        await MustBeUnknownAsync($"accounts/number/{payer.Number}", payer);
        await MustBeUnknownAsync($"accounts/lookup?to={payer.Account}", payee);
        await MustBeUnknownAsync($"accounts/lookup?to={payer.Handle}", payee);
        Assert.Equal(0, await ItemsAsync("accounts/me", payer));
        Assert.Equal(0, await ItemsAsync("transactions", payer));
        Assert.Equal(0, await ItemsAsync("notifications", payer));
        Assert.Equal(0, await ItemsAsync("limits", payer));
        // To the payee's tenant nothing was ever paid.
        Assert.Equal(0, await ItemsAsync($"transactions?q=first&account={payee.Account}", payee));
    }

    /// <summary>One batch holds requests of two tenants that are alike in everything else.</summary>
    [Fact]
    public async Task The_same_key_in_two_tenants_is_two_payments_and_each_has_its_own_limit()
    {
        await using var services = await StartAsync();
        var party = PartyId.New(TimeProvider.System);
        var transfers = new List<Transfer>();
        foreach (var tenant in (TenantId[])[TenantId.Default, _other])
        {
            var (payer, payee) = (
                await services.OpenAsync(tenant, "INR", Limit),
                await services.OpenAsync(tenant, "INR")
            );
            transfers.Add(Request(Entry(tenant, payer, party), Entry(tenant, payee, party)));
        }

        var outcomes = await Task.WhenAll(transfers.Select(services.Intake.AcceptAsync));
        Assert.All(outcomes, outcome => Assert.IsType<IntakeOutcome.Accepted>(outcome));
        var repeated = await Task.WhenAll(transfers.Select(services.Intake.AcceptAsync));
        Assert.Equal(
            transfers.Select(transfer => transfer.Id),
            repeated.Select(outcome => Assert.IsType<IntakeOutcome.Replayed>(outcome).Id)
        );
        services.Deliver(_ => false);
        foreach (var transfer in transfers)
        {
            Assert.Equal("completed", await StatusAsync(services, transfer.Tenant, transfer.Id));
            Assert.Equal(
                Limit,
                await ReadAsync<long>(
                    services.Transactions,
                    "select day_used from limit_usage where tenant_id = $1 and party_id = $2",
                    OfTenant(transfer.Tenant),
                    Value(party.Value)
                )
            );
        }

        Assert.Equal(
            [TenantId.Default, _other],
            Read<TransactionCompleted>(services).Select(end => end.Transaction.TenantId).OrderBy(Order)
        );
        await MustBeAuditedAsync(services);
    }

    [Fact]
    public async Task The_ledger_moves_no_money_between_tenants()
    {
        await using var services = await StartAsync();
        var payer = await services.OpenAsync("INR", Limit);
        var payee = await services.OpenAsync(_other, "INR");
        var party = PartyId.New(TimeProvider.System);
        var transfer = Request(Entry(TenantId.Default, payer, party), Entry(TenantId.Default, payee, party));
        Assert.IsType<IntakeOutcome.Accepted>(await services.Intake.AcceptAsync(transfer));
        services.Deliver(_ => false);
        Assert.Equal("failed", await StatusAsync(services, TenantId.Default, transfer.Id));
    }

    [Fact]
    public async Task A_message_of_another_tenant_does_not_end_a_payment()
    {
        await using var services = await StartAsync();
        var (payer, payee) = (await services.OpenAsync("INR", Limit), await services.OpenAsync("INR"));
        var party = PartyId.New(TimeProvider.System);
        var transfer = Request(Entry(TenantId.Default, payer, party), Entry(TenantId.Default, payee, party));
        Assert.IsType<IntakeOutcome.Accepted>(await services.Intake.AcceptAsync(transfer));
        var refused = new LedgerMessage.Refused(1, TimeProvider.System.GetUtcNow(), FailureReason.InsufficientFunds);
        using var work = services.SagaUnits.BeginBatch();
        Assert.Throws<InvalidOperationException>(() =>
            services.Transitions.Apply(work, [new SagaStep(_other, transfer.Id.Value, refused)])
        );
        Assert.Equal("pending", await StatusAsync(services, TenantId.Default, transfer.Id));
    }

    [Fact]
    public async Task A_context_reads_and_saves_rows_of_its_tenant_only()
    {
        await using var services = await StartAsync();
        await services.OpenAsync("INR");
        await services.OpenAsync(_other, "INR");
        await using var db = services.NewAccounts();
        Assert.Throws<InvalidOperationException>(() => db.Accounts.Count());
        foreach (var tenant in (TenantId[])[TenantId.Default, _other])
        {
            db.WorkFor(tenant);
            var tenants = await db.Accounts.Select(row => row.TenantId).Distinct().ToListAsync(Cancel);
            Assert.Equal([tenant.Value], tenants);
        }

        db.Add(
            new SigningKeyRow
            {
                Id = TypedId.NewGuid(TimeProvider.System),
                TenantId = TenantId.Default.Value,
                Number = 1,
            }
        );
        await Assert.ThrowsAsync<InvalidOperationException>(() => db.SaveChangesAsync(Cancel));
    }

    /// <summary>Each tenant's audit log has its own rows; the chain has those of all.</summary>
    private async Task MustBeAuditedAsync(TwoServices services)
    {
        await using var db = services.NewTransactions();
        var log = new AuditRows(db);
        foreach (var tenant in (TenantId[])[TenantId.Default, _other])
        {
            db.WorkFor(tenant);
            var tenants = await log.All.Select(row => row.TenantId).Distinct().ToListAsync(Cancel);
            Assert.Equal([tenant.Value], tenants);
        }

        Assert.Equal(2, await log.Chain.Select(row => row.TenantId).Distinct().CountAsync(Cancel));
    }

    private async Task<TwoServices> StartAsync()
    {
        var services = new TwoServices(payflow, [new TransferKind(), new AdjustmentKind()]);
        await services.StartAsync();
        return services;
    }

    private static Guid Order(TenantId tenant) => tenant == TenantId.Default ? Guid.Empty : tenant.Value;

    private static IEnumerable<T> Read<T>(TwoServices services)
        where T : IEvent<T> =>
        services.Published.Where(message => message.Topic == T.Topic.Name).Select(message => message.Read<T>());

    private static DirectoryEntry Entry(TenantId tenant, AccountId account, PartyId owner) =>
        new(account, owner, "Anyone", null, "INR", "Asia/Kolkata") { Tenant = tenant };

    private static Transfer Request(DirectoryEntry from, DirectoryEntry to)
    {
        var now = TimeProvider.System.GetUtcNow();
        return new Transfer(
            new TransferKind(),
            TransactionId.New(TimeProvider.System),
            from,
            to,
            Limit,
            "INR",
            null,
            null,
            null,
            from.OwnerId,
            "the same key",
            [1],
            new LimitRule(new LimitAmounts(Limit, Limit, Limit), Limit),
            ShownConfirmation.None,
            now,
            now.AddMinutes(15),
            null
        );
    }

    private static Task<string> StatusAsync(TwoServices services, TenantId tenant, TransactionId id) =>
        ReadAsync<string>(
            services.Transactions,
            "select status from transactions where tenant_id = $1 and id = $2",
            OfTenant(tenant),
            Value(id.Value)
        );

    private static async Task<T> ReadAsync<T>(NpgsqlDataSource database, string sql, params NpgsqlParameter[] values)
    {
        await using var command = database.CreateCommand(sql);
        command.Parameters.AddRange(values);
        return (T)(await command.ExecuteScalarAsync(Cancel))!;
    }

    private async Task MoveAsync(Person person)
    {
        await MoveAsync(
            "accountsdb",
            person,
            """
            postings where transaction_id in (
              select transaction_id from entries where account_id in (select id from accounts where owner_id = $1))
            """,
            "accounts where owner_id = $1",
            "parties where id = $1",
            "entries where account_id in (select id from accounts where owner_id = $1)"
        );
        await MoveAsync(
            "transactionsdb",
            person,
            "account_directory where owner_id = $1",
            "transactions where from_owner = $1 or to_owner = $1",
            "limit_usage where party_id = $1"
        );
        await MoveAsync("notificationsdb", person, "notifications where recipient_id = $1");
    }

    private async Task MoveAsync(string name, Person person, params string[] rows)
    {
        await using var database = NpgsqlDataSource.Create(payflow.Database(name));
        foreach (var row in rows)
        {
            var (table, condition) = (row.Split(' ')[0], row[row.IndexOf("where", StringComparison.Ordinal)..]);
            await using var move = database.CreateCommand($"update {table} set tenant_id = $2 {condition}");
            move.Parameters.AddRange(new NpgsqlParameter[] { Value(person.Owner), OfTenant(_other) });
            Assert.NotEqual(0, await move.ExecuteNonQueryAsync(Cancel));
        }
    }

    private async Task MustBeUnknownAsync(string path, Person person)
    {
        using var answer = await _wallet.SendAsync(HttpMethod.Get, path, person.Token);
        Assert.True(answer.StatusCode == HttpStatusCode.NotFound, $"{path}: {answer.StatusCode}");
    }

    private async Task<int> ItemsAsync(string path, Person person)
    {
        using var answer = await _wallet.SendAsync(HttpMethod.Get, path, person.Token);
        return (await Wallet.ReadAsync(answer, HttpStatusCode.OK)).GetProperty("items").GetArrayLength();
    }

    private async Task<string?> UsedTodayAsync(Person person)
    {
        using var answer = await _wallet.SendAsync(HttpMethod.Get, "limits", person.Token);
        var items = (await Wallet.ReadAsync(answer, HttpStatusCode.OK)).GetProperty("items");
        return items[0].GetProperty("day").GetProperty("used").GetString();
    }
}
