using System.Globalization;
using System.Net;
using System.Text.Json;
using Npgsql;
using PayFlow.ServiceDefaults.Paging;

namespace PayFlow.EndToEnd.Tests;

/// <summary>What is in the audit log stays there, is found, and a change of it is noticed.</summary>
[Collection(InMemoryKafkaCollection.Name)]
public sealed class AuditLogTests
{
    private const string InsufficientPrivilege = "42501";

    private readonly OnInMemoryKafka _payflow;
    private readonly Wallet _wallet;
    private readonly AuditLog _log;

    public AuditLogTests(OnInMemoryKafka payflow)
    {
        (_payflow, _wallet) = (payflow, new Wallet(payflow));
        _log = new AuditLog(payflow, _wallet);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Tables =>
        new()
        {
            { "accountsdb", "audit_log" },
            { "transactionsdb", "audit_log" },
            { "notificationsdb", "audit_log" },
            { "accountsdb", "entries" },
            { "accountsdb", "postings" },
        };

    [Theory]
    [MemberData(nameof(Tables))]
    public async Task The_services_own_role_adds_and_reads_and_no_more(string database, string table)
    {
        var service = _payflow.ServiceDatabase(database);
        Assert.True(await AuditLog.ScalarAsync<long>(service, $"select count(*) from {table}") >= 0);
        foreach (
            var sql in new[]
            {
                $"update {table} set tenant_id = tenant_id",
                $"delete from {table}",
                $"truncate {table}",
                $"alter table {table} disable trigger all",
                $"drop table {table}",
            }
        )
        {
            await AssertRefusedAsync(service, sql);
        }
    }

    [Theory]
    [InlineData("accountsdb")]
    [InlineData("transactionsdb")]
    [InlineData("notificationsdb")]
    public async Task The_owner_changes_no_audited_row_by_mistake_either(string database)
    {
        foreach (var sql in new[] { "update audit_log set action = ''", "delete from audit_log", "truncate audit_log" })
            await AssertRefusedAsync(_payflow.OwnerDatabase(database), sql);
    }

    [Theory]
    [InlineData("accountsdb", "transactionsdb")]
    [InlineData("transactionsdb", "notificationsdb")]
    [InlineData("notificationsdb", "accountsdb")]
    public async Task A_services_role_is_no_administrator_makes_nothing_and_enters_no_other_database(
        string database,
        string other
    )
    {
        var service = _payflow.ServiceDatabase(database);
        Assert.Equal(
            0,
            await AuditLog.ScalarAsync<long>(
                service,
                """
                select count(*) from pg_roles where rolname = current_user
                  and (rolsuper or rolcreatedb or rolcreaterole or rolreplication or rolbypassrls)
                """
            )
        );
        Assert.Equal(
            0,
            await AuditLog.ScalarAsync<long>(
                service,
                "select count(*) from pg_class where relowner = (select oid from pg_roles where rolname = current_user)"
            )
        );
        foreach (
            var sql in new[]
            {
                "create table mine (id int)",
                "create temporary table mine (id int)",
                "create schema mine",
                "create function mine() returns int language sql as 'select 1'",
                "create extension pgcrypto",
                $"set role {database}_owner",
                """select * from "__EFMigrationsHistory" """,
                "create role mine",
                "copy audit_log to program 'cat'",
            }
        )
        {
            await AssertRefusedAsync(service, sql);
        }

        foreach (var elsewhere in new[] { other, "postgres", "template1" })
            await AssertRefusedAsync(_payflow.ServiceDatabase(database, elsewhere), "select 1");
    }

    [Theory]
    [InlineData("accounts", "-9223372036854775808")]
    [InlineData("transactions", "-1")]
    [InlineData("notifications", "0")]
    [InlineData("accounts", "9223372036854775807")]
    [InlineData("accounts", "9223372036854775808")]
    [InlineData("accounts", "")]
    public async Task A_forged_place_to_verify_from_is_refused(string service, string sequence)
    {
        var cursor = Cursor.Write($"verify|{service}", $"{Guid.AllBitsSet}/{sequence}");
        var path = new Uri($"{service}/audit/verify?cursor={cursor}", UriKind.Relative);
        using var answer = await _payflow.Api.GetAsync(path, Cancel);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("invalid_cursor", await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_did_what_on_which_account_is_found_by_action_subject_and_time()
    {
        var person = await _wallet.OpenAsync("100.00");
        await _wallet.ChangeAsync(person, "freeze");
        await _wallet.ChangeAsync(person, "unfreeze");
        var events = await _wallet.AllAsync(
            "accounts/audit",
            $"subjectType=account&subjectId={person.Account}",
            limit: 3
        );
        Assert.Equal(
            ["account_unfrozen", "account_frozen", "balance_adjusted", "account_opened"],
            events.Select(found => found.GetProperty("action").GetString())
        );
        var adjusted = events[2];
        Assert.Equal("admin,customer", adjusted.GetProperty("actor").GetString());
        Assert.NotNull(adjusted.GetProperty("clientIp").GetString());
        Assert.Equal(32, adjusted.GetProperty("traceId").GetString()!.Length);
        Assert.Equal("0.00", adjusted.GetProperty("before").GetProperty("balance").GetString());
        Assert.Equal(
            ("100.00", "test"),
            (
                adjusted.GetProperty("after").GetProperty("balance").GetString(),
                adjusted.GetProperty("after").GetProperty("reason").GetString()
            )
        );
        Assert.Equal("active", events[1].GetProperty("before").GetProperty("status").GetString());

        var frozen = events[1].GetProperty("at").GetDateTimeOffset();
        var one = await _wallet.AllAsync(
            "accounts/audit",
            $"action=account_frozen&actor=admin,customer&subjectId={person.Account}"
                + $"&from={AuditLog.Time(frozen)}&to={AuditLog.Time(frozen.AddMicroseconds(1))}"
        );
        Assert.Equal(events[1].GetProperty("id").GetGuid(), Assert.Single(one).GetProperty("id").GetGuid());
        Assert.Empty(
            await _wallet.AllAsync(
                "accounts/audit",
                $"subjectId={person.Account}&to={AuditLog.Time(frozen.AddDays(-1))}"
            )
        );
        // Reading it is audited too, with what was asked.
        Assert.Contains(
            await _wallet.AllAsync("accounts/audit", "action=audit_read"),
            read => read.GetProperty("after").GetProperty("subjectId").GetString() == person.Account.ToString()
        );
        await Wallet.AssertProblemAsync(
            await _payflow.Api.GetAsync(new Uri("accounts/audit?format=pdf", UriKind.Relative), Cancel),
            HttpStatusCode.BadRequest,
            "validation"
        );
    }

    [Theory]
    [InlineData("accounts")]
    [InlineData("transactions")]
    [InlineData("notifications")]
    public async Task It_is_exported_as_csv_and_as_ndjson(string service)
    {
        await _wallet.GetAsync($"{service}/audit");
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{service}/audit?action=audit_read");
        request.Headers.Add("Accept", "text/csv");
        request.Headers.TryAddWithoutValidation("User-Agent", "=cmd|\"calc\"");
        using var csv = await _payflow.Api.SendAsync(request, Cancel);
        Assert.Equal("text/csv", csv.Content.Headers.ContentType!.MediaType);
        var lines = (await csv.Content.ReadAsStringAsync(Cancel)).Split("\r\n");
        Assert.StartsWith("id,at,action,", lines[0], StringComparison.Ordinal);
        // The newest is this very read; its user agent would be a formula to a spreadsheet.
        Assert.Contains(",\"'=cmd|\"\"calc\"\"\",", lines[1], StringComparison.Ordinal);
        var ndjson = await _payflow.Api.GetStringAsync(
            new Uri($"{service}/audit?format=ndjson&action=audit_read", UriKind.Relative),
            Cancel
        );
        Assert.All(
            ndjson.TrimEnd('\n').Split('\n'),
            line => Assert.Equal("audit_read", JsonElement.Parse(line).GetProperty("action").GetString())
        );
    }

    [Theory]
    [InlineData("altered", "update audit_log set after = '{\"status\":\"active\"}' where id = $1")]
    [InlineData("altered", "update audit_log set at = at - interval '1 hour' where id = $1")]
    [InlineData("missing", "delete from audit_log where id = $1")]
    [InlineData(
        "cut",
        "delete from audit_log a using audit_log b where b.id = $1 and a.lane = b.lane and a.sequence >= b.sequence"
    )]
    public async Task Damage_is_named_by_its_first_row(string damage, string sql)
    {
        await _log.AllAreUpAsync();
        var person = await _wallet.OpenAsync();
        await _wallet.ChangeAsync(person, "freeze");
        var row = Assert.Single(
            await _wallet.AllAsync("accounts/audit", $"action=account_frozen&subjectId={person.Account}")
        );
        var (id, lane, sequence) = (
            row.GetProperty("id").GetGuid(),
            row.GetProperty("lane").GetGuid(),
            row.GetProperty("sequence").GetInt64()
        );
        // The lane has gone on: the list and this one were audited.
        await _wallet.GetAsync("accounts/audit");
        await Wallet.EventuallyAsync(async () =>
            Assert.Equal(await _log.LanesAsync("accounts"), await _log.KeptAsync("accounts"))
        );
        await using var admin = NpgsqlDataSource.Create(_payflow.Database("accountsdb"));
        await ExecuteAsync(
            admin,
            "create table saved as select * from audit_log a where exists (select from audit_log b where b.id = $1 "
                + "and b.lane = a.lane and a.sequence >= b.sequence)",
            id
        );
        try
        {
            await ExecuteAsync(admin, "alter table audit_log disable trigger audit_log_only_grows");
            await ExecuteAsync(admin, sql, id);
            var found = (await _log.VerifyAsync("accounts"))
                .GetProperty("breaks")
                .EnumerateArray()
                .Single(found => found.GetProperty("lane").GetGuid() == lane);
            Assert.Equal(
                (damage == "missing" && await IsLastAsync(admin, lane, sequence) ? "cut" : damage, sequence),
                (found.GetProperty("damage").GetString(), found.GetProperty("sequence").GetInt64())
            );
            if (damage == "altered")
                Assert.Equal(id, found.GetProperty("id").GetGuid());
        }
        finally
        {
            await ExecuteAsync(admin, "delete from audit_log where id in (select id from saved)");
            await ExecuteAsync(admin, "insert into audit_log select * from saved");
            await ExecuteAsync(admin, "drop table saved");
            await ExecuteAsync(admin, "alter table audit_log enable trigger audit_log_only_grows");
        }

        Assert.True((await _log.VerifyAsync("accounts")).GetProperty("intact").GetBoolean());
    }

    [Fact]
    public async Task A_long_log_is_verified_in_parts()
    {
        await _log.AllAreUpAsync();
        await _wallet.OpenAsync();
        var whole = await _log.VerifyAsync("accounts");
        // Each look is audited, so the log grows while it is read, by a row a part.
        var limit = (whole.GetProperty("rows").GetInt64() / 4) + 1;
        var (rows, lanes, parts, cursor) = (0L, 0, 0, "");
        do
        {
            var part = await _wallet.GetAsync(
                string.Create(CultureInfo.InvariantCulture, $"accounts/audit/verify?limit={limit}{cursor}")
            );
            Assert.True(part.GetProperty("intact").GetBoolean(), part.ToString());
            Assert.InRange(part.GetProperty("rows").GetInt64(), 1, limit);
            (rows, lanes, parts) = (
                rows + part.GetProperty("rows").GetInt64(),
                lanes + part.GetProperty("lanes").GetInt32(),
                parts + 1
            );
            cursor = part.GetProperty("nextCursor").GetString() is { } next ? "&cursor=" + next : "";
        } while (cursor.Length > 0);
        Assert.InRange(rows, whole.GetProperty("rows").GetInt64() + 1, long.MaxValue);
        Assert.InRange(lanes, whole.GetProperty("lanes").GetInt32(), int.MaxValue);
        Assert.InRange(parts, 2, int.MaxValue);

        var cut = (await _wallet.GetAsync("accounts/audit/verify?limit=1")).GetProperty("nextCursor").GetString();
        foreach (
            var (path, code) in new[]
            {
                ($"transactions/audit/verify?cursor={cut}", "invalid_cursor"),
                ("accounts/audit/verify?cursor=x", "invalid_cursor"),
                ("accounts/audit/verify?limit=0", "validation"),
            }
        )
        {
            using var refused = await _wallet.SendAsync(HttpMethod.Get, path);
            await Wallet.AssertProblemAsync(refused, HttpStatusCode.BadRequest, code);
        }
    }

    private static async Task<bool> IsLastAsync(NpgsqlDataSource database, Guid lane, long sequence)
    {
        await using var command = database.CreateCommand(
            $"""
            select not exists (select from audit_log
              where lane = '{lane}' and sequence > {sequence.ToString(CultureInfo.InvariantCulture)})
            """
        );
        return (bool)(await command.ExecuteScalarAsync(Cancel))!;
    }

    private static async Task AssertRefusedAsync(string connection, string sql)
    {
        await using var database = NpgsqlDataSource.Create(connection);
        await using var command = database.CreateCommand(sql);
        var refused = await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync(Cancel));
        Assert.True(refused.SqlState == InsufficientPrivilege, $"{sql}: {refused.Message}");
    }

    private static async Task ExecuteAsync(NpgsqlDataSource database, string sql, Guid? id = null)
    {
        await using var command = database.CreateCommand(sql);
        if (id is { } value)
            command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = value });
        await command.ExecuteNonQueryAsync(Cancel);
    }
}
