using Npgsql;
using PayFlow.ServiceDefaults.Identifiers;

namespace PayFlow.EndToEnd.Tests;

/// <summary>I5: a transfer whose command was lost ends all the same.</summary>
[Collection(InMemoryKafkaCollection.Name)]
public sealed class SweeperTests(OnInMemoryKafka payflow)
{
    private readonly Wallet _wallet = new(payflow);

    [Theory]
    [InlineData("- interval '1 minute'")]
    // Written by a process whose clock was ahead: a time that has not come tells no age.
    [InlineData("+ interval '10 minutes'")]
    public async Task A_pending_transfer_without_its_command_is_asked_for_again_and_completes_once(string age)
    {
        var (payer, payee) = (await _wallet.OpenAsync("10.00"), await _wallet.OpenAsync());
        var model = (await _wallet.PayAsync(payer, payee.Account, "1.00")).GetProperty("id").GetGuid();
        var lost = TypedId.NewGuid(TimeProvider.System);
        // As if the commit of the outbox had not been in the transfer's own: the row is there, and nothing ever was
        // published.
        await using var database = NpgsqlDataSource.Create(payflow.Database("transactionsdb"));
        await using var connection = await database.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await ExecuteAsync(connection, "create temp table lost (like transactions)");
        await ExecuteAsync(connection, "insert into lost select * from transactions where id = $1", model);
        await ExecuteAsync(
            connection,
            $"""
            update lost set id = $1, status = 'pending', idempotency_key = $1::text, debited_at = null,
              credited_at = null, ended_at = null, created_at = now() {age}, expires_at = now() + interval '10 minutes'
            """,
            lost
        );
        await ExecuteAsync(connection, "insert into transactions select * from lost");
        await ExecuteAsync(
            connection,
            "insert into pending_transactions (transaction_id, created_at) select id, created_at from lost"
        );

        await Wallet.EventuallyAsync(async () =>
            Assert.Equal(
                "completed",
                (await _wallet.GetAsync($"transactions/{lost}")).GetProperty("status").GetString()
            )
        );
        Assert.Equal("2.00", await _wallet.BalanceAsync(payee));
        await _wallet.AssertDenseAsync(payer);
    }

    [Fact]
    public async Task A_posted_transfer_whose_answer_was_lost_completes_when_the_ledger_is_asked_again()
    {
        var (payer, payee) = (await _wallet.OpenAsync("10.00"), await _wallet.OpenAsync());
        var id = (await _wallet.PayAsync(payer, payee.Account, "1.00")).GetProperty("id").GetGuid();
        // As if neither debit nor credit had come. The ledger has decided, and its outbox has told it.
        await using var database = NpgsqlDataSource.Create(payflow.Database("transactionsdb"));
        await using var connection = await database.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await ExecuteAsync(
            connection,
            """
            update transactions set status = 'pending', debited_at = null, credited_at = null, ended_at = null,
              created_at = now() - interval '1 minute' where id = $1
            """,
            id
        );
        await ExecuteAsync(
            connection,
            """
            insert into pending_transactions (transaction_id, created_at) select id, created_at from transactions
            where id = $1
            """,
            id
        );

        await Wallet.EventuallyAsync(async () =>
            Assert.Equal("completed", (await _wallet.GetAsync($"transactions/{id}")).GetProperty("status").GetString())
        );
        Assert.Equal("1.00", await _wallet.BalanceAsync(payee));
        await _wallet.AssertDenseAsync(payer);
    }

    [Fact]
    public async Task What_stays_pending_is_asked_for_less_and_less_often()
    {
        var stuck = TypedId.NewGuid(TimeProvider.System);
        await using var database = NpgsqlDataSource.Create(payflow.Database("transactionsdb"));
        await using var connection = await database.OpenConnectionAsync(TestContext.Current.CancellationToken);
        // A transfer that nobody knows: its command cannot even be made, so that nothing but the sweeper ever touches
        // its row.
        await ExecuteAsync(
            connection,
            "insert into pending_transactions (transaction_id, created_at) values ($1, now() - interval '1 hour')",
            stuck
        );
        try
        {
            await Wallet.EventuallyAsync(async () => Assert.NotNull(await AskedAsync()));
            var first = await AskedAsync();
            // Two rounds later another that is young has been asked for, and this one has not again.
            var young = TypedId.NewGuid(TimeProvider.System);
            await ExecuteAsync(
                connection,
                "insert into pending_transactions (transaction_id, created_at) values ($1, now())",
                young
            );
            await Wallet.EventuallyAsync(async () => Assert.NotNull(await AskedAsync(young)));
            Assert.Equal(first, await AskedAsync());
            // As old once more as it was when it was asked for, up to five minutes.
            await ExecuteAsync(
                connection,
                "update pending_transactions set asked_at = asked_at - interval '5 minutes' where transaction_id = $1",
                stuck
            );
            await Wallet.EventuallyAsync(async () => Assert.True(await AskedAsync() > first));
            await ExecuteAsync(connection, "delete from pending_transactions where transaction_id = $1", young);
        }
        finally
        {
            await ExecuteAsync(connection, "delete from pending_transactions where transaction_id = $1", stuck);
        }

        async Task<DateTime?> AskedAsync(Guid? id = null)
        {
            await using var read = new NpgsqlCommand(
                "select asked_at from pending_transactions where transaction_id = $1",
                connection
            );
            read.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id ?? stuck });
            return await read.ExecuteScalarAsync(TestContext.Current.CancellationToken) as DateTime?;
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, Guid? id = null)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        if (id is { } value)
            command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = value });
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }
}
