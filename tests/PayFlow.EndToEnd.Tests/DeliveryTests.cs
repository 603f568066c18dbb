using System.Text.Json;
using Npgsql;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Messaging;

namespace PayFlow.EndToEnd.Tests;

/// <summary>I7: whatever arrives again and in whatever order, the effect is there once.</summary>
public abstract class DeliveryTests(RunningPayFlow payflow)
{
    private static readonly string[] Services = ["accounts", "transactions", "notifications"];

    private readonly Wallet _wallet = new(payflow);

    [Fact]
    public async Task Every_event_again_and_in_reverse_changes_nothing()
    {
        var (payer, payee) = (await _wallet.OpenAsync("100.00"), await _wallet.OpenAsync("5.00"));
        for (var i = 0; i < 5; i++)
            await _wallet.PayAsync(payer, payee.Account, "7.00");
        await _wallet.PayAsync(payer, payee.Account, "7000.00");
        await _wallet.ChangeAsync(payee, "freeze");
        await _wallet.PayAsync(payee, payer.Account, "1.00");
        await _wallet.ChangeAsync(payee, "unfreeze");
        // A session that ends is told to all services.
        using (
            var signedOut = await _wallet.SendAsync(
                HttpMethod.Post,
                "auth/sign-out",
                await payflow.SignInAsync(payer.Email, Wallet.Password)
            )
        )
            Assert.True(signedOut.IsSuccessStatusCode);
        // The first reset of a password forgets the payees that a stranger may have made known.
        await payflow.ResetPasswordAsync((await _wallet.OpenAsync()).Email, "another wallet for tests");
        using var broker = new Broker(payflow);
        // No service asks for a notification by itself yet, so the test does.
        var asked = OutboxBatchOf(
            new NotificationRequest(
                TenantId.Default,
                "delivery " + payer.Account,
                new PartyId(payer.Owner),
                new AccountId(payer.Account),
                "security_alert",
                "New device",
                "Was it you?",
                DateTimeOffset.UnixEpoch
            )
        );
        await broker.PublishAsync(asked.Messages);
        await QuietAsync(broker);
        var before = await StateAsync(payer, payee);

        var events = new List<OutgoingMessage>(asked.Messages);
        foreach (var service in Services)
            events.AddRange(await PublishedAsync(service));
        // No kind of today asks for postings of a general form; KindTests repeats those messages.
        string[] unused = [PostingRequested.TopicName, PostingCompleted.TopicName, Topics.BrokerIdentity];
        Assert.Equal(
            Topics.All.Select(topic => topic.Name).Except(unused, StringComparer.Ordinal).Order(StringComparer.Ordinal),
            events.Select(message => message.Topic).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)
        );
        events.Reverse();
        // A few at a time, so that the in-memory broker's small partitions are never full.
        foreach (var some in events.Concat(events).Chunk(200))
        {
            await broker.PublishAsync(some);
            await QuietAsync(broker);
        }

        Assert.Equal(before, await StateAsync(payer, payee));
        await _wallet.AssertBalancedAsync();
        await _wallet.AssertDenseAsync(payer);
    }

    /// <summary>
    /// Returns once all that was told took effect, and what that had to tell too: nothing is on its way in any outbox
    /// or topic.
    /// </summary>
    private Task QuietAsync(Broker broker) =>
        Wallet.EventuallyAsync(async () =>
        {
            var read = broker.AllRead();
            foreach (var service in Services)
            {
                await using var database = NpgsqlDataSource.Create(payflow.Database(service + "db"));
                await using var waiting = database.CreateCommand(
                    "select count(*) from outbox where published_at is null"
                );
                Assert.Equal(0L, await waiting.ExecuteScalarAsync(TestContext.Current.CancellationToken));
            }

            // Had an outbox been emptied only meanwhile, there would be more by now.
            Assert.Equal(read, broker.AllRead());
        });

    private static OutboxBatch OutboxBatchOf<T>(T fact)
        where T : IEvent<T>
    {
        var batch = new OutboxBatch(Guid.Empty);
        batch.Add(fact);
        return batch;
    }

    private async Task<List<OutgoingMessage>> PublishedAsync(string service)
    {
        await using var database = NpgsqlDataSource.Create(payflow.Database(service + "db"));
        await using var command = database.CreateCommand("select id, payload from outbox order by id desc limit 150");
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        var messages = new List<OutgoingMessage>();
        while (await reader.ReadAsync(TestContext.Current.CancellationToken))
            messages.AddRange(OutboxBatch.Decode(reader.GetGuid(0), (byte[])reader[1]).Messages);
        return messages;
    }

    /// <summary>All that the two people and an operator can see, as one text.</summary>
    private async Task<string> StateAsync(params Person[] people)
    {
        var seen = new List<JsonElement>();
        foreach (var person in people)
        {
            seen.Add(await _wallet.GetAsync($"accounts/{person.Account}"));
            seen.AddRange(await _wallet.AllAsync($"accounts/{person.Account}/entries"));
            foreach (var transaction in await _wallet.HistoryAsync(person))
                seen.Add(await _wallet.GetAsync($"transactions/{transaction.GetProperty("id").GetGuid()}"));
            seen.AddRange(await _wallet.NotificationsAsync(person));
        }

        seen.Add(await _wallet.GetAsync("ledger/trial-balance"));
        return string.Join('\n', seen);
    }
}
