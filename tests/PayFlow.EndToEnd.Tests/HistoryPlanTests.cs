using System.Data.Common;
using System.Globalization;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using PayFlow.Accounts.Accounts;
using PayFlow.Accounts.Data;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.Transactions.Data;
using PayFlow.Transactions.History;
using PayFlow.Transactions.Holds;
using PayFlow.Transactions.Lifecycle;
using PayFlow.Transactions.Transfers;

namespace PayFlow.EndToEnd.Tests;

/// <summary>
/// What PostgreSQL reads for a page of history and for a balance at an instant, in databases of their own with ten
/// thousand transactions an account: as much as is shown, by index, whatever the account holds.
/// </summary>
[Collection(QueryPlanCollection.Name)]
public sealed class HistoryPlanTests(HistoryPlanTests.LongPast past) : IClassFixture<HistoryPlanTests.LongPast>
{
    private const int People = 10;
    private const int PerAccount = 10_000;
    private const int PerMonth = PerAccount * 30 / 400;
    private const int Page = 50;

    private static readonly DateTimeOffset Start = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly AccountId Mine = new(new Guid("01990000-0000-7000-8000-000000000003"));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_page_of_an_account_reads_a_page_of_what_it_paid_and_one_of_what_it_received() =>
        AssertReads(await ListAsync(new ListTransactions.Query(Mine, Limit: Page), [Mine.Value]), 2 * (Page + 1));

    [Fact]
    public async Task The_page_behind_a_cursor_reads_no_more_than_the_first() =>
        AssertReads(
            await ListAsync(
                new ListTransactions.Query(Mine, Limit: Page),
                [Mine.Value],
                after: Start + TimeSpan.FromDays(200)
            ),
            2 * (Page + 1)
        );

    [Fact]
    public async Task One_s_own_list_reads_a_page_for_each_side_of_each_account()
    {
        Guid[] mine = [Mine.Value, new Guid("01990000-0000-7000-8000-000000000007")];
        AssertReads(await ListAsync(new ListTransactions.Query(Limit: Page), mine), 2 * mine.Length * (Page + 1));
    }

    [Fact]
    public async Task A_filter_that_most_pass_reads_little_more_than_a_page() =>
        AssertReads(
            await ListAsync(
                new ListTransactions.Query(Mine, Status: "completed", Type: "transfer", Limit: Page),
                [Mine.Value],
                min: 101
            ),
            2 * 2 * (Page + 1)
        );

    [Fact]
    public async Task A_search_reads_no_more_than_its_period() =>
        AssertReads(
            await ListAsync(
                new ListTransactions.Query(Mine, Limit: Page),
                [Mine.Value],
                from: Start + TimeSpan.FromDays(100),
                to: Start + TimeSpan.FromDays(130),
                words: "nothing has this"
            ),
            2 * (PerMonth + 1)
        );

    [Fact]
    public async Task The_balance_at_an_instant_reads_as_many_entries_as_their_number_can_be_halved()
    {
        foreach (var day in (double[])[0, 0.5, 123.4, 399, 500])
        {
            var (expected, query) = (
                Math.Min(PerAccount, 1 + (long)(day * PerAccount / 400)),
                GetBalance.LastEntry(past.Accounts, Mine, PerAccount, Start + TimeSpan.FromDays(day))
            );
            Assert.Equal(expected, (await query.SingleAsync(Cancel)).EntrySeq);
            var plan = await ExplainAsync(query.CreateDbCommand());
            var reads = Nodes(plan).Where(node => node.TryGetProperty("Relation Name", out _)).ToList();
            Assert.All(reads, node => Assert.Equal("pk_entries", node.GetProperty("Index Name").GetString()));
            Assert.InRange(reads.Sum(Read), 1, Math.Ceiling(Math.Log2(PerAccount)) + 2);
        }
    }

    private async Task<JsonElement> ListAsync(
        ListTransactions.Query query,
        Guid[] accounts,
        DateTimeOffset? from = null,
        DateTimeOffset? to = null,
        long? min = null,
        string? words = null,
        DateTimeOffset? after = null
    )
    {
        var filter = new ListTransactions.Filter(from, to, min, null, words, after is { } at ? (at, Guid.Empty) : null);
        var kinds = new TransactionKinds([new TransferKind(), new HoldKind(), new CaptureKind(), new ReleaseKind()]);
        var sources = new ListTransactions.Sources(past.Transactions, null!, kinds);
        return await ExplainAsync(ListTransactions.Select(query, filter, accounts, sources).CreateDbCommand());
    }

    private static void AssertReads(JsonElement plan, long most)
    {
        var reads = Nodes(plan).Where(node => node.TryGetProperty("Relation Name", out _)).ToList();
        Assert.NotEmpty(reads);
        Assert.All(
            reads,
            node =>
                Assert.Contains(
                    "Index",
                    node.GetProperty(
                            node.GetProperty("Node Type").GetString() == "Bitmap Heap Scan" ? "Plans" : "Node Type"
                        )
                        .ToString(),
                    StringComparison.Ordinal
                )
        );
        Assert.All(
            Nodes(plan).Where(node => node.TryGetProperty("Index Name", out _)),
            node =>
                Assert.StartsWith(
                    "ix_transactions_",
                    node.GetProperty("Index Name").GetString(),
                    StringComparison.Ordinal
                )
        );
        Assert.InRange(reads.Sum(Read), 1, most);
    }

    /// <summary>Rows that a node took up, whether it passed them on or not.</summary>
    private static double Read(JsonElement node) =>
        (
            node.GetProperty("Actual Rows").GetDouble()
            + (node.TryGetProperty("Rows Removed by Filter", out var removed) ? removed.GetDouble() : 0)
        ) * node.GetProperty("Actual Loops").GetDouble();

    private static IEnumerable<JsonElement> Nodes(JsonElement node) =>
        node.TryGetProperty("Plans", out var below) ? below.EnumerateArray().SelectMany(Nodes).Prepend(node) : [node];

    private static async Task<JsonElement> ExplainAsync(DbCommand command)
    {
        await using (command)
        {
            command.CommandText = "explain (analyze, format json) " + command.CommandText;
            await command.Connection!.OpenAsync(Cancel);
            try
            {
                return JsonElement.Parse((string)(await command.ExecuteScalarAsync(Cancel))!)[0].GetProperty("Plan");
            }
            finally
            {
                await command.Connection.CloseAsync();
            }
        }
    }

    public sealed class LongPast(OnInMemoryKafka payflow) : IAsyncLifetime
    {
        internal TransactionsDbContext Transactions { get; private set; } = null!;

        internal AccountsDbContext Accounts { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Transactions = new TransactionsDbContext(await NewDatabaseAsync<TransactionsDbContext>("transactionsdb"));
            Transactions.WorkFor(TenantId.Default);
            await Transactions.Database.MigrateAsync(Cancel);
            // Each pays the next one, at the same times: so an account pays and receives as many, evenly over four
            // hundred days.
            await FillAsync(
                Transactions,
                $"""
                insert into transactions (id, tenant_id, type, status, from_account, from_name, to_account, to_name,
                  amount, fee, currency, note, refunded_amount, leg, created_at, debited_at, credited_at, ended_at)
                select ('01990000-0000-7000-9000-' || lpad(n::text, 12, '0'))::uuid, '{TenantId.Default.Value}',
                  'transfer', 'completed',
                  ('01990000-0000-7000-8000-' || lpad((n % {People})::text, 12, '0'))::uuid, 'Somebody',
                  ('01990000-0000-7000-8000-' || lpad(((n + 1) % {People})::text, 12, '0'))::uuid, 'Somebody else',
                  100 + n % 7, 0, 'INR', case when n % 3 = 0 then 'rent' else 'chai' end, 0, 1, at, at, at, at
                from generate_series(0, {People * PerAccount} - 1) n,
                  lateral (select timestamptz '{Start:O}' + n / {People} * interval '400 days' / {PerAccount} as at) x
                """
            );
            Accounts = new AccountsDbContext(await NewDatabaseAsync<AccountsDbContext>("accountsdb"));
            Accounts.WorkFor(TenantId.Default);
            await Accounts.Database.MigrateAsync(Cancel);
            await FillAsync(
                Accounts,
                $"""
                insert into entries (account_id, entry_seq, tenant_id, transaction_id, leg, amount, balance, currency,
                  posted_at)
                select ('01990000-0000-7000-8000-' || lpad((n % {People})::text, 12, '0'))::uuid, 1 + n / {People},
                  '{TenantId.Default.Value}', ('01990000-0000-7000-9000-' || lpad(n::text, 12, '0'))::uuid, 1, 100,
                  100 * (1 + n / {People}), 'INR',
                       timestamptz '{Start:O}' + n / {People} * interval '400 days' / {PerAccount}
                from generate_series(0, {People * PerAccount} - 1) n
                """
            );
        }

        public async ValueTask DisposeAsync()
        {
            await Transactions.DisposeAsync();
            await Accounts.DisposeAsync();
        }

        private async Task<DbContextOptions<TContext>> NewDatabaseAsync<TContext>(string like)
            where TContext : DbContext
        {
            var name = string.Create(
                CultureInfo.InvariantCulture,
                $"plans_{Wallet.NewKey().Replace("-", "", StringComparison.Ordinal)}"
            );
            await using var admin = NpgsqlDataSource.Create(payflow.Database("postgres"));
            await using var create = admin.CreateCommand($"create database {name} owner {like}_owner");
            await create.ExecuteNonQueryAsync(Cancel);
            var connection = new NpgsqlConnectionStringBuilder(payflow.OwnerDatabase(like))
            {
                Database = name,
                CommandTimeout = 0,
            }.ConnectionString;
            return new DbContextOptionsBuilder<TContext>().UseNpgsql(connection).UseSnakeCaseNamingConvention().Options;
        }

        private static async Task FillAsync(DbContext db, string sql)
        {
            await db.Database.ExecuteSqlRawAsync(sql, Cancel);
            await db.Database.ExecuteSqlRawAsync("analyze", Cancel);
        }
    }
}
