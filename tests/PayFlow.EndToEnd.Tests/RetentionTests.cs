using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using PayFlow.Accounts.Identity;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.Transactions.Confirmation;

namespace PayFlow.EndToEnd.Tests;

/// <summary>What nobody needs any more is deleted by itself, and what is younger stays.</summary>
public sealed class RetentionTests(OnInMemoryKafka payflow) : IClassFixture<SharedInMemoryKafka>
{
    private readonly Wallet _wallet = new(payflow);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(
        "expired",
        "update sessions set expires_at = now() - interval '31 days' where id = $1",
        "update sessions set expires_at = now() - interval '29 days' where id = $1"
    )]
    [InlineData(
        "ended",
        "update sessions set ended_at = now(), tokens_end_at = now() - interval '31 days' where id = $1",
        "update sessions set ended_at = now(), tokens_end_at = now() - interval '29 days' where id = $1"
    )]
    public async Task A_session_goes_a_month_after_its_end_with_its_refresh_tokens(
        string what,
        string old,
        string young
    )
    {
        Assert.NotEmpty(what);
        var (gone, stays) = (await SessionAsync(), await SessionAsync());
        await ExecuteAsync("accountsdb", old, gone);
        await ExecuteAsync("accountsdb", young, stays);
        await RunPeopleAsync(async () =>
        {
            Assert.Equal(0L, await CountAsync("accountsdb", "select count(*) from sessions where id = $1", gone));
            Assert.Equal(
                0L,
                await CountAsync("accountsdb", "select count(*) from refresh_tokens where session_id = $1", gone)
            );
        });
        Assert.Equal(
            1L,
            await CountAsync("accountsdb", "select count(*) from refresh_tokens where session_id = $1", stays)
        );
    }

    [Fact]
    public async Task A_used_refresh_token_goes_after_a_week_and_an_unused_one_stays()
    {
        var session = await SessionAsync();
        foreach (var (hash, used) in new[] { (1, "'8 days'"), (2, "'6 days'") })
        {
            await ExecuteAsync(
                "accountsdb",
                "insert into refresh_tokens (hash, tenant_id, session_id, created_at, used_at) select "
                    + $"sha256(int4send({hash}) || uuid_send($1)), tenant_id, id, now(), now() - interval {used} from "
                    + "sessions where id = $1",
                session
            );
        }

        await RunPeopleAsync(async () =>
            Assert.Equal(
                2L,
                await CountAsync("accountsdb", "select count(*) from refresh_tokens where session_id = $1", session)
            )
        );
        Assert.Equal(
            1L,
            await CountAsync(
                "accountsdb",
                "select count(*) from refresh_tokens where session_id = $1 and used_at is null",
                session
            )
        );
    }

    [Fact]
    public async Task A_mailed_code_goes_after_a_week()
    {
        var person = await _wallet.OpenAsync();
        await _wallet.ExecuteAsync(
            "update mailed_codes set created_at = now() - interval '8 days' where user_id = (select id from users "
                + "where party_id = $1)",
            person
        );
        await RunPeopleAsync(async () =>
            Assert.Equal(
                0L,
                await _wallet.ScalarAsync<long>(
                    "select count(*) from mailed_codes where user_id = (select id from users where party_id = $1)",
                    person
                )
            )
        );
    }

    [Fact]
    public async Task A_used_confirmation_goes_after_a_week()
    {
        var now = TimeProvider.System.GetUtcNow();
        var (old, young) = (Guid.CreateVersion7(now.AddDays(-8)), Guid.CreateVersion7(now.AddDays(-6)));
        foreach (var id in new[] { old, young })
        {
            await ExecuteAsync(
                "transactionsdb",
                "insert into used_confirmations (tenant_id, id, transaction_id, used_at) values "
                    + $"('{TenantId.Default}', $1, $1, now())",
                id
            );
        }

        await using var database = NpgsqlDataSource.Create(payflow.ServiceDatabase("transactionsdb"));
        using var retention = new ConfirmationRetention(
            database,
            TimeProvider.System,
            NullLogger<ConfirmationRetention>.Instance
        );
        await retention.StartAsync(Cancel);
        await Wallet.EventuallyAsync(async () =>
            Assert.Equal(
                0L,
                await CountAsync("transactionsdb", "select count(*) from used_confirmations where id = $1", old)
            )
        );
        await retention.StopAsync(Cancel);
        Assert.Equal(
            1L,
            await CountAsync("transactionsdb", "select count(*) from used_confirmations where id = $1", young)
        );
    }

    /// <summary>As the service's role, which must be allowed to.</summary>
    private async Task RunPeopleAsync(Func<Task> isDone)
    {
        await using var database = NpgsqlDataSource.Create(payflow.ServiceDatabase("accountsdb"));
        using var retention = new PeopleRetention(database, TimeProvider.System, NullLogger<PeopleRetention>.Instance);
        await retention.StartAsync(Cancel);
        await Wallet.EventuallyAsync(isDone);
        await retention.StopAsync(Cancel);
    }

    private async Task<Guid> SessionAsync() =>
        await _wallet.ScalarAsync<Guid>(
            "select s.id from sessions s join users u on u.id = s.user_id where u.party_id = $1",
            await _wallet.OpenAsync()
        );

    private async Task ExecuteAsync(string service, string sql, Guid id)
    {
        await using var database = NpgsqlDataSource.Create(payflow.Database(service));
        await using var command = database.CreateCommand(sql);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
        Assert.Equal(1, await command.ExecuteNonQueryAsync(Cancel));
    }

    private async Task<long> CountAsync(string service, string sql, Guid id)
    {
        await using var database = NpgsqlDataSource.Create(payflow.Database(service));
        await using var command = database.CreateCommand(sql);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
        return (long)(await command.ExecuteScalarAsync(Cancel))!;
    }
}
