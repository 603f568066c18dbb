using System.Diagnostics;
using System.Globalization;
using Npgsql;
using PayFlow.Tests;

namespace PayFlow.EndToEnd.Tests;

/// <summary>
/// As a cluster does it: one process migrates and ends, and the one that serves never holds the owner's connection.
/// </summary>
public sealed class MigrationTests(OnInMemoryKafka payflow) : IClassFixture<SharedInMemoryKafka>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_process_migrates_and_ends_and_another_serves_without_the_owner_s_connection()
    {
        var database = $"migrated_{Wallet.NewKey().Replace("-", "", StringComparison.Ordinal)}";
        await using (var admin = NpgsqlDataSource.Create(payflow.Database("postgres")))
        {
            await using var create = admin.CreateCommand($"create database {database} owner notificationsdb_owner");
            await create.ExecuteNonQueryAsync(Cancel);
        }

        var service = new NpgsqlConnectionStringBuilder(payflow.ServiceDatabase("notificationsdb"))
        {
            Database = database,
        }.ConnectionString;
        var owner = new NpgsqlConnectionStringBuilder(payflow.OwnerDatabase("notificationsdb"))
        {
            Database = database,
        }.ConnectionString;
        using (
            var migrate = Start(
                ("Migrate", "only"),
                ("ConnectionStrings__notificationsdb", service),
                ("ConnectionStrings__notificationsdb-owner", owner)
            )
        )
        {
            await migrate.WaitForExitAsync(Cancel);
            Assert.Equal(0, migrate.ExitCode);
        }

        await using (var migrated = NpgsqlDataSource.Create(service))
        {
            await using var count = migrated.CreateCommand("select count(*) from notifications");
            Assert.Equal(0L, await count.ExecuteScalarAsync(Cancel));
        }

        var port = Ports.Free();
        using var serve = Start(
            ("Migrate", "never"),
            ("ConnectionStrings__notificationsdb", service),
            ("ASPNETCORE_URLS", string.Create(CultureInfo.InvariantCulture, $"http://localhost:{port}"))
        );
        try
        {
            using var http = new HttpClient
            {
                BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://localhost:{port}")),
            };
            await Wallet.EventuallyAsync(async () =>
                Assert.True((await http.GetAsync("/alive", Cancel)).IsSuccessStatusCode)
            );
        }
        finally
        {
            serve.Kill();
            await serve.WaitForExitAsync(Cancel);
        }
    }

    [Fact]
    public async Task Replicas_that_migrate_at_once_take_turns()
    {
        var alone = new ServiceAlone(payflow, "Transactions");
        await alone.CreateDatabaseAsync();

        var ends = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => alone.MigrateAsync()));

        Assert.All(ends, end => Assert.True(end.ExitCode == 0, end.Log));
        await using var migrated = NpgsqlDataSource.Create(alone.Owner);
        await using var invalid = migrated.CreateCommand(
            "select indexrelid::regclass::text from pg_index where not indisvalid or not indisready"
        );
        Assert.Null(await invalid.ExecuteScalarAsync(Cancel));
        await using var made = migrated.CreateCommand("select to_regclass('ix_transactions_original') is not null");
        Assert.True((bool)(await made.ExecuteScalarAsync(Cancel))!);
    }

    [Fact]
    public async Task A_word_that_means_nothing_ends_the_start()
    {
        using var start = Start(
            ("Migrate", "sometimes"),
            ("ConnectionStrings__notificationsdb", payflow.ServiceDatabase("notificationsdb"))
        );
        await start.WaitForExitAsync(Cancel);
        Assert.NotEqual(0, start.ExitCode);
    }

    private Process Start(params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(
            "dotnet",
            [
                RunningPayFlow.AppHostAssembly.Replace(
                    "PayFlow.AppHost",
                    "PayFlow.Notifications",
                    StringComparison.Ordinal
                ),
            ]
        )
        {
            UseShellExecute = false,
        };
        // A group of its own would share the running product's work: nothing of its broker is read.
        start.Environment["ConnectionStrings__messaging"] = "localhost:9";
        foreach (var (name, value) in payflow.ServiceTokens("notifications"))
            start.Environment[name] = value;
        start.Environment["NotificationKey"] = payflow.Secret("notification-key");
        start.Environment["MessageKeys__Notifications"] = payflow.Secret("notification-message-key");
        start.Environment["MessageKeys__Live"] = payflow.Secret("live-message-key");
        start.Environment["services__accounts__http__0"] = payflow.Accounts.BaseAddress!.ToString();
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return Process.Start(start)!;
    }
}
