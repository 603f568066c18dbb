using System.Diagnostics;
using Npgsql;
using PayFlow.ServiceDefaults.Messaging;

namespace PayFlow.EndToEnd.Tests;

/// <summary>
/// I7 at a bounded cost: a broker that comes back empty gets everything again, and nobody has more to tell for it.
/// </summary>
[Collection(InMemoryKafkaCollection.Name)]
public sealed class RepublishingTests(OnInMemoryKafka payflow)
{
    private const int Payments = 40;
    private const int Brokers = 3;

    private static readonly string[] Databases = ["accountsdb", "transactionsdb", "notificationsdb"];

    private readonly Wallet _wallet = new(payflow);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task However_often_the_broker_is_replaced_each_event_is_in_an_outbox_once()
    {
        var people = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => _wallet.OpenAsync("1000.00")));
        var paid = new List<Guid>();
        for (var i = 0; i < Payments; i++)
        {
            // Some are refused: their announcements must not multiply either.
            paid.Add(
                (await _wallet.PayAsync(people[i % 4], people[(i + 1) % 4].Account, i % 8 == 7 ? "5000.00" : "1.25"))
                    .GetProperty("id")
                    .GetGuid()
            );
        }

        await QuietAsync();
        var before = await MessagesAsync(people);
        Assert.All(
            before,
            message => Assert.True(message.Value == 1, $"{message.Key} is there {message.Value} times.")
        );
        for (var i = 0; i < Brokers; i++)
            await ReplaceBrokerAsync();
        Assert.Equal(before, await MessagesAsync(people));

        // What the new brokers were given took effect once.
        var notes = (await Task.WhenAll(people.Select(_wallet.NotificationsAsync)))
            .SelectMany(told => told)
            .Where(note => note.GetProperty("kind").GetString()!.StartsWith("money_", StringComparison.Ordinal))
            .ToList();
        Assert.Equal(2 * (Payments - (Payments / 8)), notes.Count);
        Assert.Empty(
            await new Books(payflow.Database("accountsdb"), payflow.Database("transactionsdb")).DifferencesAsync(
                paid.Contains
            )
        );
    }

    private async Task ReplaceBrokerAsync()
    {
        var before = await BrokersAsync();
        using (var process = Process.GetProcessById(payflow.ProcessId("messaging")))
            process.Kill();
        await Wallet.EventuallyAsync(async () =>
        {
            var now = await BrokersAsync();
            Assert.All(
                now.Zip(before),
                pair =>
                    Assert.True(pair.First.Length > 0 && pair.First != pair.Second, "The broker is still the old one.")
            );
        });
        await QuietAsync();
    }

    private async Task<List<string>> BrokersAsync()
    {
        var brokers = new List<string>();
        foreach (var database in Databases)
            brokers.Add(await ScalarAsync<string>(database, "select identity from broker"));
        return brokers;
    }

    /// <summary>All outboxes are published, and every group has read it all.</summary>
    private Task QuietAsync() =>
        Wallet.EventuallyAsync(async () =>
        {
            using var broker = new Broker(payflow);
            var read = broker.AllRead();
            foreach (var database in Databases)
                Assert.Equal(
                    0L,
                    await ScalarAsync<long>(database, "select count(*) from outbox where published_at is null")
                );
            Assert.Equal(read, broker.AllRead());
        });

    /// <summary>
    /// How often each event that names one of the people's accounts is in the outboxes. What is told of an account's
    /// state again and again counts as one.
    /// </summary>
    private async Task<Dictionary<string, int>> MessagesAsync(Person[] people)
    {
        var messages = new List<string>();
        foreach (var database in Databases)
        {
            await using var source = NpgsqlDataSource.Create(payflow.Database(database));
            await using var command = source.CreateCommand("select id, payload from outbox");
            await using var reader = await command.ExecuteReaderAsync(Cancel);
            while (await reader.ReadAsync(Cancel))
            {
                messages.AddRange(
                    OutboxBatch
                        .Decode(reader.GetGuid(0), await reader.GetFieldValueAsync<byte[]>(1, Cancel))
                        .Messages.Where(message =>
                            people.Any(person =>
                                System
                                    .Text.Encoding.UTF8.GetString(message.Body)
                                    .Contains(person.Account.ToString(), StringComparison.Ordinal)
                            )
                        )
                        .Select(message => message.Id)
                );
            }
        }

        return messages.CountBy(id => id, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
    }

    private async Task<T> ScalarAsync<T>(string database, string sql)
    {
        await using var source = NpgsqlDataSource.Create(payflow.Database(database));
        await using var command = source.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync(Cancel))!;
    }
}
