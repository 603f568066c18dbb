using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using PayFlow.Accounts.Data;
using PayFlow.Notifications.Data;
using PayFlow.ServiceDefaults.Tenancy;
using PayFlow.Tests;
using PayFlow.Transactions.Data;

namespace PayFlow.Architecture.Tests;

/// <summary>
/// Rows of one tenant are not read or changed for another one: EF filters every query, and every statement that is
/// written by hand binds the tenant. What works across tenants stands in a list with its reason.
/// </summary>
public sealed partial class TenantTests
{
    /// <summary>A file, the table or the entity, and why its statements are across tenants.</summary>
    private static readonly (string File, string Table, string Why)[] AcrossTenants =
    [
        ("AddressKeys.cs", "users", "a repair at start, by the id of each login"),
        ("AuditHeadAnnouncer.cs", "audit_log", "a lane of the audit chain has rows of all tenants"),
        ("AuditCheckpointStore.cs", "audit_heads", "checkpoints are of lanes, not of tenants"),
        ("AuditRows.cs", "audit_log", "a lane is verified as a whole"),
        ("DeliveryQueue.cs", "deliveries", "the sender works for all, by the id of each delivery"),
        ("EarlierEmails.cs", "emails", "each row keeps its tenant on its way to the new table"),
        ("LedgerWatch.cs", "accounts", "sums of the whole ledger, for the alerts"),
        ("LocalSessionAuthority.cs", "sessions", "services refuse ended sessions of all tenants, by id"),
        ("OldTries.cs", "wrong_tries", "retention"),
        ("PeopleRetention.cs", "mailed_codes", "retention"),
        ("PeopleRetention.cs", "refresh_tokens", "retention"),
        ("PeopleRetention.cs", "sessions", "retention"),
        ("RecordAdjustments.cs", "transactions", "another tenant's transaction with the id is a contradiction"),
        ("Sweeper.cs", "transactions", "repeats what is pending; the command has the row's tenant"),
        ("TransactionWaiters.cs", "transactions", "wakes requests that have read the transaction"),
        ("TrialBalance.cs", "accounts", "proves the whole ledger"),
        ("TrialBalance.cs", "entries", "proves the whole ledger"),
        ("TrialBalance.cs", "holds", "proves the whole ledger"),
        ("WorkFactors.cs", "users", "the highest cost of any hash"),
    ];

    /// <summary>Values that are random, or made of ids.</summary>
    private static readonly string[] UniqueEverywhere =
    [
        "ix_deliveries_channel_request_id",
        "ix_emails_request_id",
        "ix_mailed_codes_hash",
    ];

    /// <summary>Where the tenant is named that nothing else names.</summary>
    private static readonly string[] Sources = ["TenantId.cs", "TenantSources.cs"];

    private static readonly TenantDbContext[] Contexts =
    [
        new AccountsDbContext(Options<AccountsDbContext>()),
        new TransactionsDbContext(Options<TransactionsDbContext>()),
        new NotificationsDbContext(Options<NotificationsDbContext>()),
    ];

    private static readonly Dictionary<string, IEntityType> Tables = Contexts
        .SelectMany(context => context.Model.GetEntityTypes())
        .Where(row => row.FindProperty(TenantDbContext.Filter) is not null)
        .DistinctBy(row => row.GetTableName())
        .ToDictionary(row => row.GetTableName()!, StringComparer.Ordinal);

    [Fact]
    public void Every_entity_with_a_tenant_is_filtered_by_it()
    {
        Assert.True(Tables.Count > 20, $"{Tables.Count} tables");
        Assert.All(Tables.Values, row => Assert.NotNull(row.FindDeclaredQueryFilter(TenantDbContext.Filter)));
    }

    /// <summary>An id is random and unique in itself. A word, a number or an address may be in two tenants.</summary>
    [Fact]
    public void What_is_unique_is_unique_within_its_tenant() =>
        Assert.All(
            Tables.Values.SelectMany(row => row.GetIndexes()).Where(index => index.IsUnique),
            index =>
                Assert.True(
                    index.Properties.Any(property =>
                        property.Name == TenantDbContext.Filter
                        || property.ClrType == typeof(Guid)
                        || property.ClrType == typeof(Guid?)
                    ) || UniqueEverywhere.Contains(index.GetDatabaseName(), StringComparer.Ordinal),
                    index.GetDatabaseName()
                )
        );

    [Fact]
    public void Every_statement_over_a_table_with_a_tenant_binds_it()
    {
        var statements = Files().SelectMany(Statements).ToList();
        Assert.True(statements.Count > 60, $"{statements.Count} statements");
        var unbound = statements.SelectMany(Unbound).Concat(Files().SelectMany(Unfiltered)).Distinct().ToList();
        var listed = AcrossTenants.Select(one => (one.File, one.Table)).ToList();
        var (forgotten, over) = (unbound.Except(listed).ToList(), listed.Except(unbound).ToList());
        Assert.True(forgotten.Count == 0, $"The tenant is not bound:\n{string.Join('\n', forgotten)}");
        Assert.True(over.Count == 0, $"This is bound now, so take it off the list:\n{string.Join('\n', over)}");
    }

    /// <summary>The finder itself, over statements as they would be forgotten.</summary>
    [Theory]
    [InlineData("select id from transactions where id = any($1)", "transactions")]
    [InlineData("select id from transactions where tenant_id = $2 and id = any($1)", "")]
    [InlineData("update accounts a set balance = 0 from entries e where e.tenant_id = $1 and a.id = $2", "accounts")]
    [InlineData("delete from sessions where id in (select id from sessions where tenant_id = $1)", "sessions")]
    [InlineData("insert into postings (transaction_id, leg) values ($1, $2)", "postings")]
    [InlineData("insert into postings (tenant_id, leg) values ($1, $2)", "")]
    [InlineData("select * from entries e join accounts a on a.id = e.account_id and a.tenant_id = $1", "entries")]
    [InlineData("select tenant_id from users where id = $1", "users")]
    [InlineData("delete from {table} where id = $1", "{table}")]
    [InlineData("select t.id from asked join transactions t on t.id = asked.id", "transactions")]
    public void A_forgotten_tenant_is_found(string sql, string expected) =>
        Assert.Equal(expected, string.Join(' ', UnboundTables(sql)));

    [Fact]
    public void The_default_tenant_is_named_by_the_sources_of_a_tenant_only() =>
        Assert.Equal(
            Sources,
            Files()
                .Where(file => DefaultTenant().IsMatch(File.ReadAllText(file)))
                .Select(Path.GetFileName)
                .Order(StringComparer.Ordinal)
        );

    /// <summary>So that a value in the place of the tenant is the tenant.</summary>
    [Fact]
    public void Statements_take_the_tenant_by_the_helper_only() =>
        Assert.Empty(
            Files()
                .Where(file => Path.GetFileName(file) != "TenantSql.cs")
                .Where(file => TenantByHand().IsMatch(File.ReadAllText(file)))
                .Select(Path.GetFileName)
        );

    private static IEnumerable<string> Files() =>
        new[] { "Accounts", "Transactions", "Notifications", "ServiceDefaults" }
            .SelectMany(project =>
                Directory.EnumerateFiles(Checkout.In($"PayFlow.{project}"), "*.cs", SearchOption.AllDirectories)
            )
            .Where(file => !file.Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin" or "Migrations"))
            .Order(StringComparer.Ordinal);

    /// <summary>The texts of a file that are SQL, but for those that EF composes with its filter.</summary>
    private static IEnumerable<(string File, string Sql)> Statements(string file)
    {
        var source = File.ReadAllText(file);
        return Literal()
            .Matches(source)
            .Where(text => !EndsWithFromSql().IsMatch(source[Math.Max(0, text.Index - 40)..text.Index]))
            .Select(text => text.Groups["raw"].Value + text.Groups["text"].Value)
            .Where(sql => Verb().IsMatch(sql))
            .Select(sql => (Path.GetFileName(file), sql));
    }

    private static IEnumerable<(string File, string Table)> Unbound((string File, string Sql) statement) =>
        UnboundTables(statement.Sql).Select(table => (statement.File, table));

    private static IEnumerable<string> UnboundTables(string sql) =>
        Reference()
            .Matches(sql)
            .Where(reference => IsOfTenant(reference.Groups["table"].Value))
            .GroupBy(reference => Name(reference))
            .Where(references => Bindings(sql, references.Key, references.First()) < references.Count())
            .Select(references => references.First().Groups["table"].Value)
            .Distinct();

    private static bool IsOfTenant(string table) => table == "{table}" || Tables.ContainsKey(table);

    /// <summary>The name by which the statement's conditions mean the table.</summary>
    private static string Name(Match reference) =>
        reference.Groups["alias"] is { Success: true } alias && !Keyword().IsMatch(alias.Value)
            ? alias.Value
            : reference.Groups["table"].Value;

    private static int Bindings(string sql, string name, Match reference)
    {
        var table = reference.Groups["table"].Value;
        var inserted = Regex.Count(
            sql,
            $@"insert into {Regex.Escape(table)}[^(]*\(\s*([a-z_{{}}]+,\s*)*tenant_id\b",
            Named,
            Patience
        );
        var qualified = Regex.Count(
            sql,
            $@"(?<!\w){Regex.Escape(name)}\.tenant_id\s*=(?!\s*excluded)",
            Named,
            Patience
        );
        // Without an alias the column stands alone, as in the only table of its select.
        var bare = name == table ? BareCondition().Count(sql) : 0;
        return inserted + qualified + bare;
    }

    /// <summary>Queries of EF that leave the filter out.</summary>
    private static IEnumerable<(string File, string Table)> Unfiltered(string file)
    {
        var source = File.ReadAllText(file);
        if (!source.Contains(".IgnoreQueryFilters(", StringComparison.Ordinal))
            yield break;
        var name = Path.GetFileName(file);
        var listed = AcrossTenants.Where(one => one.File == name).ToList();
        if (listed.Count == 0)
            yield return (name, "IgnoreQueryFilters");
        foreach (var one in listed)
            yield return (name, one.Table);
    }

    private static DbContextOptions<TContext> Options<TContext>()
        where TContext : DbContext =>
        new DbContextOptionsBuilder<TContext>().UseNpgsql("Host=localhost").UseSnakeCaseNamingConvention().Options;

    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(PatienceMilliseconds);

    private const int PatienceMilliseconds = 10_000;
    private const RegexOptions Named = RegexOptions.ExplicitCapture;

    [GeneratedRegex(
        "\"\"\"(?<raw>.*?)\"\"\"|\"(?<text>([^\"\\\\\\n]|\\\\.)*)\"",
        RegexOptions.Singleline | Named,
        PatienceMilliseconds
    )]
    private static partial Regex Literal();

    [GeneratedRegex(@"\.FromSql\(\s*\$+$", Named, PatienceMilliseconds)]
    private static partial Regex EndsWithFromSql();

    [GeneratedRegex(@"\b(select|insert into|update|delete from)\s", Named, PatienceMilliseconds)]
    private static partial Regex Verb();

    [GeneratedRegex(
        @"\b(from|join|into|update|using)\s+(?<table>[a-z_]+|\{table\})"
            + @"(\s+(as\s+)?(?!join\b|left\b|cross\b)(?<alias>[a-z_]+))?",
        Named,
        PatienceMilliseconds
    )]
    private static partial Regex Reference();

    [GeneratedRegex(
        "^(where|set|using|on|order|group|limit|for|cross|left|join|values|select|as|and|union|returning)$",
        Named,
        PatienceMilliseconds
    )]
    private static partial Regex Keyword();

    [GeneratedRegex(@"(?<![\w.])tenant_id\s*=", Named, PatienceMilliseconds)]
    private static partial Regex BareCondition();

    [GeneratedRegex(@"TenantId\.Default\b|TenantId Default\b", Named, PatienceMilliseconds)]
    private static partial Regex DefaultTenant();

    [GeneratedRegex(@"\b(Value|Column)\((\w+, \w+ => )?[\w.]*[tT]enant(Id)?(\.Value)?\)", Named, PatienceMilliseconds)]
    private static partial Regex TenantByHand();
}
