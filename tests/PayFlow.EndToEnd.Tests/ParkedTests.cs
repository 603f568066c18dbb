using System.Net;
using Npgsql;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Messaging;

namespace PayFlow.EndToEnd.Tests;

/// <summary>A message that Transactions cannot handle is put aside, others flow, and an admin has it handled once it can be.</summary>
[Collection(InMemoryKafkaCollection.Name)]
public sealed class ParkedTests(OnInMemoryKafka payflow)
{
    private readonly Wallet _wallet = new(payflow);

    [Fact]
    public async Task A_debit_of_no_known_transaction_is_parked_and_takes_effect_when_it_is_replayed()
    {
        var (payer, payee) = (await _wallet.OpenAsync("10.00"), await _wallet.OpenAsync());
        var model = (await _wallet.PayAsync(payer, payee.Account, "1.00")).GetProperty("id").GetGuid();
        var unknown = TransactionId.New(TimeProvider.System);
        var events = new OutboxBatch(Guid.Empty);
        events.Add(new DebitCompleted(TenantId.Default, unknown, 1, new AccountId(payer.Account), "-1.00", "INR", "8.00", 3, DateTimeOffset.UnixEpoch));
        using var broker = new Broker(payflow.Kafka, !payflow.IsApacheKafka);
        await broker.PublishAsync(events.Messages);

        Guid parked = default;
        await Wallet.EventuallyAsync(async () =>
        {
            var all = (await _wallet.GetAsync("transactions/parked")).EnumerateArray();
            var mine = Assert.Single(all, message => message.GetProperty("messageId").GetString()!.Contains(unknown.ToString(), StringComparison.Ordinal));
            Assert.Equal("There is no such transaction here.", mine.GetProperty("reason").GetString());
            parked = mine.GetProperty("id").GetGuid();
        });
        Assert.Equal("completed", (await _wallet.PayAsync(payer, payee.Account, "1.00")).GetProperty("status").GetString());
        using (var still = await _wallet.SendAsync(HttpMethod.Post, $"transactions/parked/{parked}/replay")) await Wallet.AssertProblemAsync(still, HttpStatusCode.Conflict, "replay_failed");

        // What was missing is there now; newer than what the sweeper looks at, so that nothing but the replay moves it.
        await using var database = NpgsqlDataSource.Create(payflow.Database("transactionsdb"));
        await using (var restore = database.CreateCommand(
            $"""
            create temp table missing (like transactions);
            insert into missing select * from transactions where id = '{model}';
            update missing set id = '{unknown}', status = 'pending', idempotency_key = '{unknown}', debited_at = null, credited_at = null, ended_at = null, created_at = now() + interval '1 hour';
            insert into transactions select * from missing;
            insert into pending_transactions (transaction_id, created_at) select id, created_at from missing
            """)) await restore.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        try
        {
            using var replayed = await _wallet.SendAsync(HttpMethod.Post, $"transactions/parked/{parked}/replay");
            Assert.Equal(HttpStatusCode.NoContent, replayed.StatusCode);
            var steps = (await _wallet.GetAsync($"transactions/{unknown}")).GetProperty("timeline").EnumerateArray().Select(step => step.GetProperty("step").GetString()!);
            Assert.Equal(["initiated", "debited"], steps.Order(StringComparer.Ordinal).Reverse());
        }
        finally
        {
            await using var remove = database.CreateCommand($"delete from transactions where id = '{unknown}'; delete from pending_transactions where transaction_id = '{unknown}'");
            await remove.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }
    }
}
