using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Npgsql;
using static PayFlow.EndToEnd.Tests.Wallet;

namespace PayFlow.EndToEnd.Tests;

/// <summary>
/// Four eyes: more than 10,000,000 rupees, which is what the tests' product is told, no admin posts alone.
/// </summary>
public sealed class AdjustmentTests(OnInMemoryKafka payflow) : IClassFixture<SharedInMemoryKafka>
{
    private readonly Wallet _wallet = new(payflow);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_an_admin_posts_alone_within_a_day_counts_together()
    {
        var (admin, one, another) = (
            await _wallet.AnotherAdminAsync(),
            await _wallet.OpenAsync(),
            await _wallet.OpenAsync()
        );
        var posted = await ReadAsync(await _wallet.AdjustAsync(one, "6000000.00", "first", admin), HttpStatusCode.OK);
        await ReadAsync(await _wallet.AdjustAsync(one, "-2000000.00", token: admin), HttpStatusCode.OK);
        var waits = (
            await ReadAsync(await _wallet.AdjustAsync(another, "2000000.01", "second", admin), HttpStatusCode.Accepted)
        )
            .GetProperty("id")
            .GetGuid();
        Assert.Equal("0.00", await _wallet.BalanceAsync(another));

        // What waits was not posted alone, and is not counted, nor once another admin has approved it.
        await ReadAsync(await _wallet.SendAsync(HttpMethod.Post, $"adjustments/{waits}/approve"), HttpStatusCode.OK);
        await ReadAsync(await _wallet.AdjustAsync(another, "2000000.00", token: admin), HttpStatusCode.OK);
        await ReadAsync(await _wallet.AdjustAsync(another, "0.01", token: admin), HttpStatusCode.Accepted);
        Assert.Equal("4000000.01", await _wallet.BalanceAsync(another));

        // Each key has its first answer still.
        using var again = await _wallet.AdjustAsync(one, "6000000.00", "first", admin);
        Assert.Equal("true", again.Headers.GetValues("Idempotency-Replayed").Single());
        Assert.Equal(posted.GetRawText(), (await ReadAsync(again, HttpStatusCode.OK)).GetRawText());
        using var waitedAgain = await _wallet.AdjustAsync(another, "2000000.01", "second", admin);
        Assert.Equal("true", waitedAgain.Headers.GetValues("Idempotency-Replayed").Single());
        Assert.Equal(waits, (await ReadAsync(waitedAgain, HttpStatusCode.Accepted)).GetProperty("id").GetGuid());

        var alone = await _wallet.GetAsync($"adjustments/{posted.GetProperty("transactionId").GetGuid()}");
        Assert.Equal(
            ("posted", "6000000.00"),
            (alone.GetProperty("status").GetString(), alone.GetProperty("amount").GetString())
        );
        Assert.Equal(JsonValueKind.Null, alone.GetProperty("decidedBy").ValueKind);
        var listed = (await _wallet.AllAsync("adjustments", "status=posted")).FindAll(adjustment =>
            adjustment.GetProperty("requestedBy").GetGuid() == UserOf(admin)
        );
        Assert.Equal(
            ["2000000.00", "-2000000.00", "6000000.00"],
            listed.Select(adjustment => adjustment.GetProperty("amount").GetString())
        );
    }

    [Fact]
    public async Task All_currencies_count_together_and_a_day_later_there_is_room_again()
    {
        var (admin, rupees, dollars) = (
            await _wallet.AnotherAdminAsync(),
            await _wallet.OpenAsync(),
            await _wallet.OpenAsync(currency: "USD")
        );
        var posted = (await ReadAsync(await _wallet.AdjustAsync(rupees, "9000000.00", token: admin), HttpStatusCode.OK))
            .GetProperty("transactionId")
            .GetGuid();
        // A tenth is left, and 100,000 dollars are all that may be posted alone in dollars.
        await ReadAsync(await _wallet.AdjustAsync(dollars, "10000.01", token: admin), HttpStatusCode.Accepted);
        await ReadAsync(await _wallet.AdjustAsync(dollars, "10000.00", token: admin), HttpStatusCode.OK);
        await ReadAsync(await _wallet.AdjustAsync(rupees, "1.00", token: admin), HttpStatusCode.Accepted);

        await using var database = NpgsqlDataSource.Create(payflow.Database("accountsdb"));
        await using var age = database.CreateCommand(
            "update adjustments set requested_at = requested_at - interval '24 hours' where id = $1"
        );
        age.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = posted });
        Assert.Equal(1, await age.ExecuteNonQueryAsync(Cancel));
        await ReadAsync(await _wallet.AdjustAsync(rupees, "1.00", token: admin), HttpStatusCode.OK);
    }

    [Fact]
    public async Task Of_several_at_once_only_those_are_posted_that_fit_together()
    {
        var (admin, person) = (await _wallet.AnotherAdminAsync(), await _wallet.OpenAsync());
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 10).Select(_ => _wallet.AdjustAsync(person, "4000000.00", token: admin))
        );
        Assert.Equal(2, answers.Count(answer => answer.StatusCode == HttpStatusCode.OK));
        Assert.Equal(8, answers.Count(answer => answer.StatusCode == HttpStatusCode.Accepted));
        Assert.Equal("8000000.00", await _wallet.BalanceAsync(person));
    }

    [Fact]
    public async Task What_another_replica_posts_at_the_same_time_is_waited_for_and_counts()
    {
        var (admin, person) = (await _wallet.AnotherAdminAsync(), await _wallet.OpenAsync());
        await using var database = NpgsqlDataSource.Create(payflow.Database("accountsdb"));
        await using var connection = await database.OpenConnectionAsync(Cancel);
        await using var elsewhere = await connection.BeginTransactionAsync(Cancel);
        await using (var post = new NpgsqlBatch(connection, elsewhere))
        {
            post.BatchCommands.Add(
                new NpgsqlBatchCommand(
                    $"select pg_advisory_xact_lock(hashtextextended('adjustments of {UserOf(admin)}', 0))"
                )
            );
            post.BatchCommands.Add(
                new NpgsqlBatchCommand(
                    $"""
                    insert into adjustments (id, tenant_id, account_id, amount, currency, reason, status, requested_by,
                      requested_at) select gen_random_uuid(), tenant_id, id, 600000000, 'INR', 'test', 'posted',
                      '{UserOf(admin)}', now() from accounts where id = '{person.Account}'
                    """
                )
            );
            await post.ExecuteNonQueryAsync(Cancel);
        }

        var asking = _wallet.AdjustAsync(person, "6000000.00", token: admin);
        await EventuallyAsync(async () =>
        {
            await using var waiting = database.CreateCommand(
                """
                select count(*) from pg_stat_activity where datname = 'accountsdb' and wait_event_type = 'Lock'
                  and wait_event = 'advisory'
                """
            );
            Assert.Equal(1L, await waiting.ExecuteScalarAsync(Cancel));
        });
        await elsewhere.CommitAsync(Cancel);
        await ReadAsync(await asking, HttpStatusCode.Accepted);
    }

    private static Guid UserOf(AuthenticationHeaderValue token) =>
        Guid.Parse(new JsonWebToken(token.Parameter).Subject);
}
