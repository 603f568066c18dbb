using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using CsCheck;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using PayFlow.Transactions.Lifecycle;

namespace PayFlow.EndToEnd.Tests;

/// <summary>
/// The door: one effect under a key whatever clients do, no more than can be finished, and payments taken while
/// Accounts is away.
/// </summary>
[Collection(InMemoryKafkaCollection.Name)]
public sealed class IntakeTests(OnInMemoryKafka payflow)
{
    /// <summary>Requests as (key, amount): few of each, so that they meet.</summary>
    private static readonly Gen<List<(int Key, int Amount)>> Requests = Gen.Select(Gen.Int[0, 3], Gen.Int[1, 2]).List[
        2,
        24
    ];

    private readonly Wallet _wallet = new(payflow);

    [Fact]
    public async Task Whatever_is_sent_at_once_under_a_key_has_one_effect_and_no_other_body_is_taken_under_it()
    {
        var (payer, payee) = (await _wallet.OpenAsync("1000000.00"), await _wallet.OpenAsync());
        var expected = 0;
        await Requests.SampleAsync(
            async requests =>
            {
                var run = Wallet.NewKey();
                var answers = await Task.WhenAll(
                    requests.Select(async request =>
                        (request.Key, request.Amount, Answer: await AskAsync($"{run}-{request.Key}", request.Amount))
                    )
                );
                foreach (var key in answers.GroupBy(answer => answer.Key))
                {
                    var taken = key.Where(answer =>
                            answer.Answer.Status is HttpStatusCode.Accepted or HttpStatusCode.OK
                        )
                        .ToList();
                    Assert.NotEmpty(taken);
                    Assert.Single(taken.Select(answer => answer.Answer.Id).Distinct());
                    var amount = Assert.Single(taken.Select(answer => answer.Amount).Distinct());
                    // Every request of the same body got the transaction, every other one was refused for its body.
                    Assert.All(
                        key,
                        answer =>
                            Assert.Equal(
                                answer.Amount == amount ? null : "idempotency_key_reused",
                                answer.Answer.Problem
                            )
                    );
                    expected += amount;
                }
            },
            iter: 30,
            threads: 1
        );
        await Wallet.EventuallyAsync(async () =>
            Assert.Equal(
                string.Create(CultureInfo.InvariantCulture, $"{expected}.00"),
                await _wallet.BalanceAsync(payee)
            )
        );
        await _wallet.AssertDenseAsync(payer);

        async Task<(HttpStatusCode Status, Guid? Id, string? Problem)> AskAsync(string key, int amount)
        {
            using var answer = await _wallet.SendAsync(payer, payee.Account, amount, key);
            var body = JsonElement.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
            return answer.IsSuccessStatusCode
                ? (answer.StatusCode, body.GetProperty("id").GetGuid(), null)
                : (answer.StatusCode, null, body.GetProperty("code").GetString());
        }
    }

    [Fact]
    public async Task An_end_that_another_replica_recorded_wakes_who_waits_here()
    {
        var (payer, payee) = (await _wallet.OpenAsync("10.00"), await _wallet.OpenAsync());
        var id = (await _wallet.PayAsync(payer, payee.Account, "1.00")).GetProperty("id").GetGuid();
        await using var database = NpgsqlDataSource.Create(payflow.Database("transactionsdb"));
        using var waiters = new TransactionWaiters(
            database,
            TimeProvider.System,
            NullLogger<TransactionWaiters>.Instance
        );
        await waiters.StartAsync(TestContext.Current.CancellationToken);
        var ended = waiters.Subscribe(id);
        await ended.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.True(ended.IsCompletedSuccessfully);
        await waiters.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_replay_is_answered_no_sooner_than_a_standby_has_what_it_repeats()
    {
        var (payer, payee) = (await _wallet.OpenAsync("10.00"), await _wallet.OpenAsync());
        var key = Wallet.NewKey();
        using var first = await _wallet.SendAsync(payer, payee.Account, "1.00", key);
        Assert.Equal(HttpStatusCode.Accepted, first.StatusCode);
        await using var database = NpgsqlDataSource.Create(payflow.Database("transactionsdb"));
        var replays = new List<Task<HttpResponseMessage>>();
        try
        {
            await ScalarAsync(database, "alter system set synchronous_standby_names = 'nobody'");
            await ScalarAsync(database, "select pg_reload_conf()");
            await Wallet.EventuallyAsync(
                async () =>
                {
                    // The server takes its settings in its own time, and answers until then.
                    if (replays.TrueForAll(replay => replay.IsCompleted))
                        replays.Add(_wallet.SendAsync(payer, payee.Account, "1.00", key));
                    Assert.Equal(
                        1L,
                        await ScalarAsync(
                            database,
                            """
                            select count(*) from pg_stat_activity where datname = current_database()
                              and wait_event = 'SyncRep' and query = 'commit'
                            """
                        )
                    );
                },
                TimeSpan.FromSeconds(15)
            );
            Assert.False(replays[^1].IsCompleted);
        }
        finally
        {
            await ScalarAsync(database, "alter system reset synchronous_standby_names");
            await ScalarAsync(database, "select pg_reload_conf()");
        }

        Assert.All(
            await Task.WhenAll(replays),
            answer => Assert.Equal("true", Assert.Single(answer.Headers.GetValues("Idempotency-Replayed")))
        );

        static async Task<object?> ScalarAsync(NpgsqlDataSource database, string sql)
        {
            await using var command = database.CreateCommand(sql);
            return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task More_than_can_be_finished_soon_is_turned_away_until_there_is_room()
    {
        var (payer, payee) = (await _wallet.OpenAsync("10.00"), await _wallet.OpenAsync());
        var model = (await _wallet.PayAsync(payer, payee.Account, "1.00")).GetProperty("id").GetGuid();
        await using var database = NpgsqlDataSource.Create(payflow.Database("transactionsdb"));
        // Asked for just now, so that the sweeper leaves them pending; and more than the limit, whose count is near,
        // not exact.
        await ExecuteAsync(
            database,
            """
            create temp table backlog (like transactions);
            insert into backlog select t.* from transactions t, generate_series(1, 20100) where t.id = '{0}';
            update backlog set id = gen_random_uuid(), status = 'pending', ended_at = null,
              created_at = now() - interval '1 hour';
            update backlog set idempotency_key = 'backlog-' || id;
            insert into transactions select * from backlog;
            insert into pending_transactions (transaction_id, created_at, asked_at) select id, created_at, now()
            from backlog
            """,
            model
        );
        try
        {
            await Wallet.EventuallyAsync(async () =>
            {
                using var answer = await _wallet.SendAsync(payer, payee.Account, "1.00");
                await Wallet.AssertProblemAsync(answer, HttpStatusCode.TooManyRequests, "too_many_requests");
                Assert.NotNull(answer.Headers.RetryAfter);
            });
        }
        finally
        {
            await ExecuteAsync(
                database,
                """
                delete from pending_transactions
                where transaction_id in (select id from transactions where idempotency_key like 'backlog-%');
                delete from transactions where idempotency_key like 'backlog-%'
                """,
                model
            );
        }

        await Wallet.EventuallyAsync(async () =>
        {
            using var answer = await _wallet.SendAsync(payer, payee.Account, "1.00");
            Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        });
        await _wallet.AssertBalancedAsync();
    }

    [Fact]
    public async Task While_Accounts_hangs_known_accounts_pay_and_an_unknown_one_is_asked_to_come_again()
    {
        var (payer, payee) = (await _wallet.OpenAsync("10.00"), await _wallet.OpenAsync());
        await _wallet.PayAsync(payer, payee.Account, "1.00");
        var unknown = Guid.Parse("01900000-0000-7000-8000-00000000dead");
        Signal("STOP");
        Guid taken;
        try
        {
            using var accepted = await _wallet.SendAsync(payer, payee.Account, "2.00");
            Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
            taken = JsonElement
                .Parse(await accepted.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))
                .GetProperty("id")
                .GetGuid();
            using var waits = await _wallet.PostAsync(
                JsonSerializer.Serialize(
                    new
                    {
                        fromAccount = payer.Account,
                        toAccount = unknown,
                        amount = "1.00",
                        currency = "INR",
                    }
                ),
                Wallet.NewKey(),
                token: payer.Token
            );
            await Wallet.AssertProblemAsync(waits, HttpStatusCode.ServiceUnavailable, "unavailable");
            Assert.NotNull(waits.Headers.RetryAfter);
        }
        finally
        {
            Signal("CONT");
        }

        await Wallet.EventuallyAsync(async () =>
            Assert.Equal(
                "completed",
                (await _wallet.GetAsync($"transactions/{taken}")).GetProperty("status").GetString()
            )
        );
        // The circuit to Accounts closes again by itself.
        await Wallet.EventuallyAsync(async () =>
        {
            using var answer = await _wallet.SendAsync(payer, unknown, "1.00");
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        });
    }

    private static async Task ExecuteAsync(NpgsqlDataSource database, string sql, Guid model)
    {
        await using var command = database.CreateCommand(
            sql.Replace("{0}", model.ToString(), StringComparison.Ordinal)
        );
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    private void Signal(string name)
    {
        using var kill = Process.Start(
            "kill",
            [$"-{name}", payflow.ProcessId("accounts").ToString(CultureInfo.InvariantCulture)]
        );
        kill.WaitForExit();
    }
}
