using System.Net;
using Npgsql;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Messaging;

namespace PayFlow.EndToEnd.Tests;

/// <summary>
/// A message that Transactions cannot handle is put aside, others flow, and an admin has it handled once it can be.
/// </summary>
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
        events.Add(
            new DebitCompleted(
                TenantId.Default,
                unknown,
                1,
                new AccountId(payer.Account),
                "1.00",
                "INR",
                "8.00",
                3,
                DateTimeOffset.UnixEpoch
            )
        );
        using var broker = new Broker(payflow);
        await broker.PublishAsync(events.Messages);

        Guid parked = default;
        await Wallet.EventuallyAsync(async () =>
        {
            var all = (await _wallet.GetAsync("transactions/parked")).EnumerateArray();
            var mine = Assert.Single(
                all,
                message =>
                    message.GetProperty("messageId").GetString()!.Contains(unknown.ToString(), StringComparison.Ordinal)
            );
            Assert.Equal("There is no such transaction here.", mine.GetProperty("reason").GetString());
            parked = mine.GetProperty("id").GetGuid();
        });
        Assert.Equal(
            "completed",
            (await _wallet.PayAsync(payer, payee.Account, "1.00")).GetProperty("status").GetString()
        );
        using (var still = await _wallet.SendAsync(HttpMethod.Post, $"transactions/parked/{parked}/replay"))
            await Wallet.AssertProblemAsync(still, HttpStatusCode.Conflict, "replay_failed");

        // What was missing is there now; newer than what the sweeper looks at, so that nothing but the replay moves it.
        await using var database = NpgsqlDataSource.Create(payflow.Database("transactionsdb"));
        await using (
            var restore = database.CreateCommand(
                $"""
                create temp table missing (like transactions);
                insert into missing select * from transactions where id = '{model}';
                update missing set id = '{unknown}', status = 'pending', idempotency_key = '{unknown}',
                  debited_at = null, credited_at = null, ended_at = null, created_at = now() + interval '1 hour';
                insert into transactions select * from missing;
                insert into pending_transactions (transaction_id, created_at) select id, created_at from missing
                """
            )
        )
            await restore.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        try
        {
            using var replayed = await _wallet.SendAsync(HttpMethod.Post, $"transactions/parked/{parked}/replay");
            Assert.Equal(HttpStatusCode.NoContent, replayed.StatusCode);
            var steps = (await _wallet.GetAsync($"transactions/{unknown}"))
                .GetProperty("timeline")
                .EnumerateArray()
                .Select(step => step.GetProperty("step").GetString()!);
            Assert.Equal(["initiated", "debited"], steps.Order(StringComparer.Ordinal).Reverse());
        }
        finally
        {
            await using var remove = database.CreateCommand(
                $"""
                delete from transactions where id = '{unknown}';
                delete from pending_transactions where transaction_id = '{unknown}'
                """
            );
            await remove.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task What_contradicts_an_end_is_parked_and_counted_once_and_what_repeats_it_is_not()
    {
        var (payer, payee) = (await _wallet.OpenAsync("10.00"), await _wallet.OpenAsync());
        var completed = (await _wallet.PayAsync(payer, payee.Account, "1.00")).GetProperty("id").GetGuid();
        var failed = (await _wallet.PayAsync(payer, payee.Account, "5000.00")).GetProperty("id").GetGuid();
        var counted = await ContradictionsAsync();
        var ordinary = new OutboxBatch(Guid.Empty);
        ordinary.Add(Debit(completed, "1.00"));
        ordinary.Add(
            new DebitFailed(
                TenantId.Default,
                new TransactionId(failed),
                1,
                new AccountId(payer.Account),
                FailureReason.InsufficientFunds,
                DateTimeOffset.UnixEpoch
            )
        );
        var contradictions = new OutboxBatch(Guid.Empty);
        contradictions.Add(
            new DebitFailed(
                TenantId.Default,
                new TransactionId(completed),
                1,
                new AccountId(payer.Account),
                FailureReason.Expired,
                DateTimeOffset.UnixEpoch
            )
        );
        contradictions.Add(Debit(failed, "5000.00"));
        using var broker = new Broker(payflow);
        await broker.PublishAsync(ordinary.Messages.Concat(contradictions.Messages));
        // What is parked already is neither parked nor counted again.
        await broker.PublishAsync(contradictions.Messages.Concat(ordinary.Messages));

        await Wallet.EventuallyAsync(async () =>
        {
            broker.AllRead();
            var reasons = await ReasonsAsync(completed, failed);
            Assert.Equal(2, reasons.Count);
            Assert.Contains("The ledger refused it (expired), and the transaction had completed.", reasons);
            Assert.Contains("The ledger posted a debit, and the transaction had failed: insufficient_funds.", reasons);
            Assert.Equal(counted + 2, await ContradictionsAsync());
        });
        Assert.Equal(
            "completed",
            (await _wallet.GetAsync($"transactions/{completed}")).GetProperty("status").GetString()
        );
        Assert.Equal("failed", (await _wallet.GetAsync($"transactions/{failed}")).GetProperty("status").GetString());

        DebitCompleted Debit(Guid transaction, string amount) =>
            new(
                TenantId.Default,
                new TransactionId(transaction),
                1,
                new AccountId(payer.Account),
                amount,
                "INR",
                "0.00",
                2,
                DateTimeOffset.UnixEpoch
            );
    }

    [Fact]
    public async Task An_adjustment_that_is_not_the_recorded_one_is_parked()
    {
        var person = await _wallet.OpenAsync("10.00");
        var adjustment = await _wallet.OpeningAsync(person);
        var id = adjustment.GetProperty("id").GetGuid();
        var events = new OutboxBatch(Guid.Empty);
        var holder = new Participant(new AccountId(person.Account), new PartyId(person.Owner), "Anybody", null);
        var equity = new AccountId(adjustment.GetProperty("fromAccount").GetGuid());
        events.Add(
            new AdjustmentPosted(
                TenantId.Default,
                new TransactionId(id),
                holder,
                equity,
                "10.00",
                "INR",
                "test",
                DateTimeOffset.UnixEpoch
            )
        );
        events.Add(
            new AdjustmentPosted(
                TenantId.Default,
                new TransactionId(id),
                holder,
                equity,
                "11.00",
                "INR",
                "test",
                DateTimeOffset.UnixEpoch
            )
        );
        using var broker = new Broker(payflow);
        await broker.PublishAsync(events.Messages);
        await Wallet.EventuallyAsync(async () =>
            Assert.StartsWith(
                "The ledger posted an adjustment, and a transaction with its id is there that differs",
                Assert.Single(await ReasonsAsync(id)),
                StringComparison.Ordinal
            )
        );
        Assert.Equal("10.00", Assert.Single(await _wallet.HistoryAsync(person)).GetProperty("amount").GetString());
    }

    private async Task<List<string?>> ReasonsAsync(params Guid[] transactions) =>
        [
            .. (await _wallet.GetAsync("transactions/parked"))
                .EnumerateArray()
                .Where(message =>
                    transactions.Any(id =>
                        message.GetProperty("messageId").GetString()!.Contains(id.ToString(), StringComparison.Ordinal)
                    )
                )
                .Select(message => message.GetProperty("reason").GetString()),
        ];

    private async Task<double> ContradictionsAsync()
    {
        var metrics = await payflow.Transactions.GetStringAsync(
            new Uri("/metrics", UriKind.Relative),
            TestContext.Current.CancellationToken
        );
        return metrics
            .Split('\n')
            .Where(line => line.StartsWith("payflow_saga_contradictions_total{", StringComparison.Ordinal))
            .Sum(line =>
                double.Parse(
                    line[(line.IndexOf('}', StringComparison.Ordinal) + 2)..].Split(' ')[0],
                    System.Globalization.CultureInfo.InvariantCulture
                )
            );
    }
}
