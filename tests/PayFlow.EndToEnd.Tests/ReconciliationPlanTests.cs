using System.Globalization;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using PayFlow.Accounts.Data;
using PayFlow.Accounts.Ledger;
using PayFlow.ServiceDefaults.Connections;
using PayFlow.ServiceDefaults.Identifiers;

namespace PayFlow.EndToEnd.Tests;

/// <summary>
/// What PostgreSQL reads for one page of the comparison, among three hundred thousand postings: about a page, and by an
/// index.
/// </summary>
[Collection(QueryPlanCollection.Name)]
public sealed class ReconciliationPlanTests(ReconciliationPlanTests.ManyPostings ledger)
    : IClassFixture<ReconciliationPlanTests.ManyPostings>
{
    private const int Postings = 300_000;
    private const int Page = 1000;

    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_range_of_ids_reads_a_page() =>
        AssertReads(
            await ExplainAsync(
                LedgerRecords.InRangeSql,
                SqlArrays.Value(TenantId.Default.Value),
                SqlArrays.Value(IdOf(Postings / 2)),
                SqlArrays.Value(Guid.AllBitsSet),
                SqlArrays.Value(Page)
            ),
            Page + 1,
            "pk_postings"
        );

    /// <summary>A hundred postings a second for ten seconds; the index names the 32 pages that may have them.</summary>
    [Fact]
    public async Task Ten_seconds_of_decisions_read_little_more_than_those()
    {
        var from = Start.AddSeconds(Postings / 200);
        var plan = await ExplainAsync(
            LedgerRecords.DecidedSql,
            SqlArrays.Value(TenantId.Default.Value),
            SqlArrays.Value(from),
            SqlArrays.Value(Guid.Empty),
            SqlArrays.Value(from.AddSeconds(10)),
            SqlArrays.Value(2 * Page)
        );
        AssertReads(plan, 20 * Page, "ix_postings_posted_at");
    }

    [Fact]
    public async Task Postings_of_a_page_are_found_one_by_one() =>
        AssertReads(
            await ExplainAsync(
                LedgerRecords.FindSql,
                SqlArrays.Value(TenantId.Default.Value),
                SqlArrays.Value(Enumerable.Range(Postings / 3, Page).Select(IdOf).ToArray())
            ),
            3 * Page,
            "pk_postings",
            "ix_entries_transaction_id_leg"
        );

    private static Guid IdOf(int number) => new($"01990000-0000-7000-9000-{number:000000000000}");

    private static void AssertReads(JsonElement plan, double most, params string[] indexes)
    {
        var nodes = Nodes(plan).ToList();
        Assert.DoesNotContain(nodes, node => node.GetProperty("Node Type").GetString() == "Seq Scan");
        Assert.Equal(
            indexes.Order(StringComparer.Ordinal),
            nodes
                .Where(node => node.TryGetProperty("Index Name", out _))
                .Select(node => node.GetProperty("Index Name").GetString()!)
                .Distinct()
                .Order(StringComparer.Ordinal)
        );
        Assert.InRange(nodes.Where(node => node.TryGetProperty("Relation Name", out _)).Sum(Read), 1, most);
    }

    /// <summary>Rows that a node took up, whether it passed them on or not.</summary>
    private static double Read(JsonElement node) =>
        new[] { "Actual Rows", "Rows Removed by Filter", "Rows Removed by Index Recheck" }.Sum(name =>
            node.TryGetProperty(name, out var rows) ? rows.GetDouble() : 0
        ) * node.GetProperty("Actual Loops").GetDouble();

    private static IEnumerable<JsonElement> Nodes(JsonElement node) =>
        node.TryGetProperty("Plans", out var below) ? below.EnumerateArray().SelectMany(Nodes).Prepend(node) : [node];

    private async Task<JsonElement> ExplainAsync(string sql, params NpgsqlParameter[] parameters)
    {
        await using var command = ledger.Database.CreateCommand("explain (analyze, format json) " + sql);
        command.Parameters.AddRange(parameters);
        return JsonElement.Parse((string)(await command.ExecuteScalarAsync(Cancel))!)[0].GetProperty("Plan");
    }

    public sealed class ManyPostings(OnInMemoryKafka payflow) : IAsyncLifetime
    {
        internal NpgsqlDataSource Database { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            var name = string.Create(
                CultureInfo.InvariantCulture,
                $"postings_{Wallet.NewKey().Replace("-", "", StringComparison.Ordinal)}"
            );
            await using (var admin = NpgsqlDataSource.Create(payflow.Database("postgres")))
            {
                await using var create = admin.CreateCommand($"create database {name} owner accountsdb_owner");
                await create.ExecuteNonQueryAsync(Cancel);
            }

            var connection = new NpgsqlConnectionStringBuilder(payflow.OwnerDatabase("accountsdb"))
            {
                Database = name,
                CommandTimeout = 0,
            }.ConnectionString;
            await using (
                var db = new AccountsDbContext(
                    new DbContextOptionsBuilder<AccountsDbContext>()
                        .UseNpgsql(connection)
                        .UseSnakeCaseNamingConvention()
                        .Options
                )
            )
                await db.Database.MigrateAsync(Cancel);
            Database = NpgsqlDataSource.Create(connection);
            await using var fill = Database.CreateCommand(
                $"""
                insert into postings (tenant_id, transaction_id, leg, outcome, payer_id, posted_at, effective_at)
                select '{TenantId.Default.Value}', ('01990000-0000-7000-9000-' || lpad(n::text, 12, '0'))::uuid, 1,
                  'posted', '{TenantId.Default.Value}', at, at
                from generate_series(0, {Postings} - 1) n,
                  lateral (select timestamptz '{Start:O}' + n * interval '10 milliseconds' as at) x;
                insert into entries (account_id, entry_seq, tenant_id, transaction_id, leg, amount, balance, currency,
                  posted_at)
                select '{TenantId.Default.Value}', 1 + n, '{TenantId.Default.Value}',
                  ('01990000-0000-7000-9000-' || lpad((n / 2)::text, 12, '0'))::uuid, 1, 100 - 200 * (n % 2), 0, 'INR',
                  now()
                from generate_series(0, 2 * {Postings} - 1) n;
                analyze;
                select brin_summarize_new_values('ix_postings_posted_at')
                """
            );
            await fill.ExecuteNonQueryAsync(Cancel);
        }

        public async ValueTask DisposeAsync() => await Database.DisposeAsync();
    }
}
