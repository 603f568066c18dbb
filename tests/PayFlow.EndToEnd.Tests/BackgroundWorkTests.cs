using System.Collections.Concurrent;
using Npgsql;

namespace PayFlow.EndToEnd.Tests;

/// <summary>A database that does not answer ends no service: work in the background goes on once it answers.</summary>
[Collection(HostedCollection.Name)]
public sealed class BackgroundWorkTests(OnInMemoryKafka payflow)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(
        "Accounts",
        "accounts, parties, users, outbox",
        "select count(*) from users where pin_hash is not null",
        7
    )]
    [InlineData(
        "Transactions",
        "account_directory, pending_transactions, outbox",
        "select count(*) from account_directory",
        0
    )]
    [InlineData("Notifications", "deliveries, outbox", "select count(*) from deliveries", 0)]
    public async Task A_time_out_of_the_database_stops_no_service(
        string service,
        string tables,
        string question,
        long answer
    )
    {
        var alone = new ServiceAlone(payflow, service);
        await alone.CreateDatabaseAsync();
        // In production nothing is seeded: this start makes the tables.
        await alone.HostAsync([], _ => Task.CompletedTask);
        await using var owner = NpgsqlDataSource.Create(alone.Owner);
        var log = new ConcurrentQueue<string>();
        await using var locking = await owner.OpenConnectionAsync(Cancel);
        await using (var hold = new NpgsqlCommand($"begin; lock table {tables}", locking))
            await hold.ExecuteNonQueryAsync(Cancel);
        (string, string)[] settings =
        [
            ("ASPNETCORE_ENVIRONMENT", "Development"),
            ("ConnectionStrings__smtp", payflow.Mail.ConnectionString),
            ($"ConnectionStrings__{service.ToLowerInvariant()}db", alone.Own + ";Command Timeout=1"),
        ];
        await alone.HostAsync(
            settings,
            async http =>
            {
                await Wallet.EventuallyAsync(() =>
                {
                    Assert.Contains(log, line => line.Contains("This round failed", StringComparison.Ordinal));
                    return Task.CompletedTask;
                });
                await using (var release = new NpgsqlCommand("rollback", locking))
                    await release.ExecuteNonQueryAsync(Cancel);
                await Wallet.EventuallyAsync(async () =>
                {
                    await using var ask = owner.CreateCommand(question);
                    Assert.Equal(answer, await ask.ExecuteScalarAsync(Cancel));
                });
                Assert.Equal("Healthy", await http.GetStringAsync(new Uri("/alive", UriKind.Relative), Cancel));
            },
            log.Enqueue
        );
    }
}
