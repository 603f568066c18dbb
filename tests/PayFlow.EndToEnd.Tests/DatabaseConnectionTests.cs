using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using PayFlow.Accounts.Data;
using PayFlow.ServiceDefaults.Connections;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Tenancy;
using PayFlow.Tests;

namespace PayFlow.EndToEnd.Tests;

/// <summary>
/// What a service's connection string says of its database is what holds: encryption, whom it trusts, how long it
/// waits.
/// </summary>
[Collection(InMemoryKafkaCollection.Name)]
public sealed class DatabaseConnectionTests(OnInMemoryKafka payflow) : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("payflow-tls-");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_database_is_reached_by_TLS_where_its_certificate_is_trusted_and_not_otherwise()
    {
        var certificate = TestCertificate.New();
        var (root, other) = (
            File("server.crt", certificate.Certificate),
            File("other.crt", TestCertificate.New().Certificate)
        );
        await using var admin = NpgsqlDataSource.Create(payflow.Database("postgres"));
        var folder = (string)(await ScalarAsync(admin, "show data_directory"))!;
        // Written by the server itself: its user owns the key, and nobody else reads it.
        foreach (var (name, text) in new[] { ("test.crt", certificate.Certificate), ("test.key", certificate.Key) })
        {
            await ScalarAsync(
                admin,
                $"copy (select unnest(string_to_array('{text}', chr(10)))) to program 'umask 077; cat > "
                    + $"{folder}/{name}'"
            );
        }

        try
        {
            foreach (var setting in new[] { "ssl_cert_file = 'test.crt'", "ssl_key_file = 'test.key'", "ssl = on" })
                await ScalarAsync(admin, $"alter system set {setting}");
            await ScalarAsync(admin, "select pg_reload_conf()");
            var address =
                payflow.ServiceDatabase("accountsdb").Replace("127.0.0.1", "localhost", StringComparison.Ordinal)
                + ";SSL Mode=VerifyFull";
            await Wallet.EventuallyAsync(async () =>
            {
                try
                {
                    Assert.Equal((true, true), await AreEncryptedAsync($"{address};Root Certificate={root}"));
                }
                catch (NpgsqlException notYet)
                {
                    Assert.Fail(notYet.ToString());
                }
            });
            foreach (var mistrusting in new[] { address, $"{address};Root Certificate={other}" })
                await Assert.ThrowsAnyAsync<NpgsqlException>(() => AreEncryptedAsync(mistrusting));
        }
        finally
        {
            foreach (var setting in new[] { "ssl", "ssl_cert_file", "ssl_key_file" })
                await ScalarAsync(admin, $"alter system reset {setting}");
            await ScalarAsync(admin, "select pg_reload_conf()");
        }
    }

    [Theory]
    [InlineData("", 30)]
    [InlineData(";Command Timeout=1", 1)]
    public async Task A_statement_is_waited_for_so_long(string setting, int seconds)
    {
        using var host = Service(payflow.ServiceDatabase("accountsdb") + setting);
        var source = host.Services.GetRequiredService<NpgsqlDataSource>();
        await using var command = source.CreateCommand("select pg_sleep(20)");
        await using var scope = host.Services.CreateAsyncScope();
        await using var other = scope
            .ServiceProvider.GetRequiredService<AccountsDbContext>()
            .Database.GetDbConnection()
            .CreateCommand();
        Assert.Equal((seconds, seconds), (command.CommandTimeout, other.CommandTimeout));
        if (seconds == 1)
            Assert.IsType<TimeoutException>(
                (await Assert.ThrowsAsync<NpgsqlException>(() => command.ExecuteScalarAsync(Cancel))).InnerException
            );
    }

    [Fact]
    public async Task The_server_lets_go_of_what_a_client_holds_that_is_gone_or_stands_still()
    {
        using var host = Service(payflow.ServiceDatabase("accountsdb"));
        await using var scope = host.Services.CreateAsyncScope();
        var source = host.Services.GetRequiredService<NpgsqlDataSource>();
        var entities = scope.ServiceProvider.GetRequiredService<AccountsDbContext>().Database;
        foreach (
            var (setting, value) in new[]
            {
                ("idle_in_transaction_session_timeout", "10s"),
                ("tcp_keepalives_idle", "4"),
                ("tcp_keepalives_interval", "2"),
                ("tcp_keepalives_count", "3"),
            }
        )
        {
            Assert.Equal(value, await ScalarAsync(source, $"show {setting}"));
            Assert.Equal(
                value,
                await entities.SqlQuery<string>($"select current_setting({setting}) as \"Value\"").SingleAsync(Cancel)
            );
        }

        // Somebody who has locked a row and then says nothing more.
        var one = await new Wallet(payflow).OpenAsync();
        await using var silent = await source.OpenConnectionAsync(Cancel);
        await using var transaction = await silent.BeginTransactionAsync(Cancel);
        await using (
            var hold = new NpgsqlCommand("select 1 from accounts where id = $1 for update", silent, transaction)
            {
                Parameters = { new() { Value = one.Account } },
            }
        )
            await hold.ExecuteNonQueryAsync(Cancel);
        await using var wait = source.CreateCommand("select 1 from accounts where id = $1 for update");
        wait.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = one.Account });
        Assert.Equal(1, await wait.ExecuteScalarAsync(Cancel));
        Assert.Equal(
            "25P03",
            (await Assert.ThrowsAsync<PostgresException>(() => transaction.CommitAsync(Cancel))).SqlState
        );
    }

    [Fact]
    public async Task A_commit_that_no_standby_has_is_not_taken_for_done()
    {
        const string Insert =
            "insert into inbox (consumer, message_id, received_at) values ('test', gen_random_uuid(), now())";
        await using var admin = NpgsqlDataSource.Create(payflow.Database("postgres"));
        try
        {
            // A standby that is not there, for which of all sessions only those of this test wait.
            foreach (var setting in new[] { "synchronous_commit = 'local'", "synchronous_standby_names = 'nobody'" })
                await ScalarAsync(admin, $"alter system set {setting}");
            await ScalarAsync(admin, "select pg_reload_conf()");
            using var host = Service(
                payflow.ServiceDatabase("accountsdb") + ";Command Timeout=1;Options=-c synchronous_commit=on"
            );
            await using var scope = host.Services.CreateAsyncScope();
            var source = host.Services.GetRequiredService<NpgsqlDataSource>();
            var entities = scope.ServiceProvider.GetRequiredService<AccountsDbContext>().Database;
            // The server takes its settings in its own time.
            await Wallet.EventuallyAsync(() => AssertFailsAsync(AloneAsync), TimeSpan.FromSeconds(15));
            foreach (
                var commit in new[]
                {
                    AloneAsync,
                    OnTheWayAsync,
                    AfterwardsAsync,
                    () => entities.ExecuteSqlRawAsync(Insert, Cancel),
                }
            )
                await AssertFailsAsync(commit);

            Task AloneAsync() => ScalarAsync(source, Insert);

            async Task OnTheWayAsync()
            {
                await using var connection = await source.OpenConnectionAsync(Cancel);
                await using var transaction = await connection.BeginTransactionAsync(Cancel);
                await using var write = new NpgsqlBatch(connection, transaction)
                {
                    BatchCommands = { new NpgsqlBatchCommand(Insert), SqlArrays.Commit() },
                };
                await write.ExecuteNonQueryAsync(Cancel);
            }

            async Task AfterwardsAsync()
            {
                await using var connection = await source.OpenConnectionAsync(Cancel);
                await using var transaction = await connection.BeginTransactionAsync(Cancel);
                await using (var write = new NpgsqlCommand(Insert, connection, transaction))
                    await write.ExecuteNonQueryAsync(Cancel);
                await transaction.CommitAsync(Cancel);
            }
        }
        finally
        {
            foreach (var setting in new[] { "synchronous_commit", "synchronous_standby_names" })
                await ScalarAsync(admin, $"alter system reset {setting}");
            await ScalarAsync(admin, "select pg_reload_conf()");
        }

        static async Task AssertFailsAsync(Func<Task> commit) =>
            Assert.True((await Record.ExceptionAsync(commit))?.IsOfDatabase());
    }

    [Fact]
    public async Task A_constraint_that_answers_is_no_error_in_the_log()
    {
        var errors = new Errors();
        using var host = Service(payflow.ServiceDatabase("accountsdb"), errors);
        await using var scope = host
            .Services.GetRequiredService<IServiceScopeFactory>()
            .CreateTenantScope(TenantId.Default);
        var db = scope.ServiceProvider.GetRequiredService<AccountsDbContext>();
        var party = await db.Parties.AsNoTracking().OrderBy(row => row.Id).FirstAsync(Cancel);
        db.Add(party);
        Assert.IsType<PostgresException>(
            (await Assert.ThrowsAsync<DbUpdateException>(() => db.SaveChangesAsync(Cancel))).InnerException
        );
        Assert.Empty(errors.Lines);
    }

    [Fact]
    public async Task A_statement_is_a_span_of_a_trace_that_is_there_and_begins_none()
    {
        using var host = Service(payflow.ServiceDatabase("accountsdb"));
        await using var scope = host.Services.CreateAsyncScope();
        var source = host.Services.GetRequiredService<NpgsqlDataSource>();
        var entities = scope.ServiceProvider.GetRequiredService<AccountsDbContext>().Database;
        var mark = Wallet.NewKey();
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = activities => activities.Name == "Npgsql",
            Sample = (ref _) => ActivitySamplingResult.AllData,
            ActivityStopped = span =>
            {
                if (span.GetTagItem("db.query.text") is string text && text.Contains(mark, StringComparison.Ordinal))
                    spans.Enqueue(span);
            },
        };
        ActivitySource.AddActivityListener(listener);
        var outer = Activity.Current;
        try
        {
            Activity.Current = null;
            await AskAsync("unasked");
            using var work = new Activity("work").Start();
            await AskAsync("asked");
            Assert.All(spans, span => Assert.Equal(work.TraceId, span.TraceId));
        }
        finally
        {
            Activity.Current = outer;
        }

        Assert.Equal(3, spans.Count);

        async Task AskAsync(string why)
        {
            await ScalarAsync(source, $"select 'one {why} {mark}'");
            await using var batch = source.CreateBatch();
            batch.BatchCommands.Add(new NpgsqlBatchCommand($"select 'of several {why} {mark}'"));
            await batch.ExecuteNonQueryAsync(Cancel);
            var statement = $"select 'entities {why} {mark}'";
            await entities.ExecuteSqlRawAsync(statement, Cancel);
        }
    }

    private static async Task<object?> ScalarAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteScalarAsync(Cancel);
    }

    private static IHost Service(string connectionString, ILoggerProvider? log = null)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        if (log is not null)
            builder.Logging.AddProvider(log);
        builder.Configuration["ConnectionStrings:accountsdb"] = connectionString;
        builder.AddServiceDatabase<AccountsDbContext>("accountsdb");
        return builder.Build();
    }

    /// <summary>Whether set-based work and EF's are, as a service with this connection string has them.</summary>
    private static async Task<(bool SqlArrays, bool Entities)> AreEncryptedAsync(string connectionString)
    {
        const string Question = "select ssl from pg_stat_ssl where pid = pg_backend_pid()";
        using var host = Service(connectionString);
        await using var scope = host.Services.CreateAsyncScope();
        return (
            (bool)(await ScalarAsync(host.Services.GetRequiredService<NpgsqlDataSource>(), Question))!,
            await scope
                .ServiceProvider.GetRequiredService<AccountsDbContext>()
                .Database.SqlQueryRaw<bool>(
                    Question.Replace("ssl from", "ssl as \"Value\" from", StringComparison.Ordinal)
                )
                .SingleAsync(Cancel)
        );
    }

    private string File(string name, string text)
    {
        var path = Path.Combine(_folder.FullName, name);
        System.IO.File.WriteAllText(path, text);
        return path;
    }

    private sealed class Errors : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            if (IsEnabled(logLevel))
                Lines.Enqueue(formatter(state, exception));
        }

        public void Dispose()
        {
            // Nothing is held.
        }
    }
}
