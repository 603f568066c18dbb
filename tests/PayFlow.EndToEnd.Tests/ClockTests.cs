using System.Globalization;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using PayFlow.Accounts.Data;
using PayFlow.ServiceDefaults.Connections;

namespace PayFlow.EndToEnd.Tests;

/// <summary>
/// A clock that is ahead stays one process's own matter: times come from the database, and a wrong one that is there
/// already spreads no further.
/// </summary>
[Collection(InMemoryKafkaCollection.Name)]
public sealed class ClockTests(OnInMemoryKafka payflow)
{
    private readonly Wallet _wallet = new(payflow);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_account_from_the_future_stays_alone_and_its_payment_is_made_once_time_has_caught_up()
    {
        var (ahead, other, third) = (
            await _wallet.OpenAsync("10.00"),
            await _wallet.OpenAsync("10.00"),
            await _wallet.OpenAsync()
        );
        await _wallet.ExecuteAsync(
            "update accounts set last_posted_at = now() + interval '10 minutes' where owner_id = $1",
            ahead
        );
        // Either way, and alone: others' payments go on, in the same batch too.
        using var from = await _wallet.SendAsync(ahead, other.Account, "1.00");
        using var to = await _wallet.SendAsync(other, ahead.Account, "2.00");
        Assert.Equal((HttpStatusCode.Accepted, HttpStatusCode.Accepted), (from.StatusCode, to.StatusCode));
        Assert.Equal(
            "completed",
            (await _wallet.PayAsync(other, third.Account, "3.00")).GetProperty("status").GetString()
        );
        using (var adjusted = await _wallet.AdjustAsync(ahead, "1.00"))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, adjusted.StatusCode);
            Assert.NotNull(adjusted.Headers.RetryAfter);
        }

        foreach (var one in new[] { other, third })
            Assert.False(
                await _wallet.ScalarAsync<bool>("select last_posted_at > now() from accounts where owner_id = $1", one)
            );
        Assert.Equal(("10.00", "3.00"), (await _wallet.BalanceAsync(ahead), await _wallet.BalanceAsync(third)));
        foreach (var payer in new[] { ahead, other })
            Assert.Single(await _wallet.HistoryAsync(payer, "status=pending"));

        await _wallet.ExecuteAsync("update accounts set last_posted_at = now() where owner_id = $1", ahead);
        await Wallet.EventuallyAsync(async () =>
        {
            foreach (var payer in new[] { ahead, other })
                Assert.Empty(await _wallet.HistoryAsync(payer, "status=pending"));
        });
        Assert.Equal(("11.00", "6.00"), (await _wallet.BalanceAsync(ahead), await _wallet.BalanceAsync(other)));
        await _wallet.AssertDenseAsync(ahead);
        await _wallet.AssertBalancedAsync();
    }

    [Fact]
    public async Task An_outbox_row_from_the_future_is_published_at_once()
    {
        // The sweep leaves what is younger than ten minutes to the process that wrote it. This one died after its
        // commit.
        await using var service = await TestService.StartAsync(
            payflow,
            payflow.Kafka,
            inMemory: true,
            clock: new Shifted(TimeSpan.FromMinutes(10))
        );
        await service.TellAsync(["from the future"], handOver: false);
        Assert.Equal(
            1,
            await service.ScalarAsync("select count(*) from outbox where created_at > now() + interval '9 minutes'")
        );
        await service.TookEffectAsync("from the future");
    }

    [Fact]
    public async Task A_service_whose_clock_is_wrong_goes_by_its_databases()
    {
        await using var database = NpgsqlDataSource.Create(payflow.ServiceDatabase("accountsdb"));
        var process = new Shifted(TimeSpan.FromMinutes(10));
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<TimeProvider>(process);
        builder.Configuration["ConnectionStrings:accountsdb"] = payflow.ServiceDatabase("accountsdb");
        builder.Configuration["Migrate"] = "never";
        builder.AddServiceDatabase<AccountsDbContext>("accountsdb");
        using var host = builder.Build();
        var clock = host.Services.GetRequiredService<TimeProvider>();
        await host.StartAsync(Cancel);
        await AssertRightAsync();
        // Somebody sets the machine's clock.
        process.Ahead = TimeSpan.FromDays(-1);
        await AssertRightAsync();
        await host.StopAsync(Cancel);

        async Task AssertRightAsync()
        {
            // A reading is wrong by half its round trip, and a twentieth of a second is left alone.
            var tolerance = TimeSpan.FromSeconds(5);
            var before = await NowAsync();
            var now = clock.GetUtcNow();
            Assert.InRange(now, before - tolerance, await NowAsync() + tolerance);
        }

        async Task<DateTimeOffset> NowAsync()
        {
            await using var read = database.CreateCommand("select clock_timestamp()");
            return new DateTimeOffset((DateTime)(await read.ExecuteScalarAsync(Cancel))!);
        }
    }

    [Fact]
    public async Task An_e_mail_whose_next_try_lies_too_far_ahead_is_sent_at_once()
    {
        var address = $"{Wallet.NewKey()}@example.org";
        await using var database = NpgsqlDataSource.Create(payflow.Database("notificationsdb"));
        await using var write = database.CreateCommand(
            """
            insert into deliveries (
              channel, id, tenant_id, recipient_id, address, kind, title, body, request_id, created_at, tries,
              next_try_at)
            select 'email', gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), $1, 'test', 'Late', 'Late',
              gen_random_uuid()::text, now() + interval '1 day', 0, now() + interval '1 day'
            """
        );
        write.Parameters.Add(new NpgsqlParameter<string> { TypedValue = address });
        await write.ExecuteNonQueryAsync(Cancel);
        await Wallet.EventuallyAsync(async () =>
        {
            await using var read = database.CreateCommand(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"select count(*) from deliveries where address = '{address}' and sent_at is not null and tries = 1"
                )
            );
            Assert.Equal(1L, await read.ExecuteScalarAsync(Cancel));
        });
    }

    private sealed class Shifted(TimeSpan ahead) : TimeProvider
    {
        public TimeSpan Ahead { get; set; } = ahead;

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Ahead;
    }
}
