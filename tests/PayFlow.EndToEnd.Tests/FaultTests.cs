using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text.Json;

namespace PayFlow.EndToEnd.Tests;

/// <summary>
/// A part is killed in the middle of the work and comes back: what was answered holds, everything ends once, all agree.
/// </summary>
public abstract class FaultTests(RunningPayFlow payflow)
{
    private const int Transfers = 200;

    private readonly Wallet _wallet = new(payflow);

    [Theory]
    [InlineData("accounts")]
    [InlineData("transactions")]
    [InlineData("notifications")]
    [InlineData("web")]
    [InlineData("messaging")]
    [InlineData("postgres")]
    public async Task Killing_one_part_loses_nothing_and_doubles_nothing(string part)
    {
        await AllAreUpAsync();
        var people = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => _wallet.OpenAsync("1000.00")));
        var accepted = new ConcurrentDictionary<Guid, string>();
        var killAt = Transfers / 4;
        var sent = 0;
        await Parallel.ForEachAsync(
            Enumerable.Range(0, Transfers),
            new ParallelOptions { MaxDegreeOfParallelism = 8 },
            async (i, _) =>
            {
                if (Interlocked.Increment(ref sent) == killAt)
                    Kill(part);
                var key = Wallet.NewKey();
                // A client that gets no answer repeats the same request with the same key until it has one, for as long
                // as a part may take to start.
                await Wallet.EventuallyAsync(async () =>
                {
                    using var answer = await _wallet.SendAsync(people[i % 4], people[(i + 1) % 4].Account, "1.25", key);
                    Assert.True(
                        answer.StatusCode is HttpStatusCode.Accepted or HttpStatusCode.OK,
                        answer.StatusCode.ToString()
                    );
                    var body = JsonElement.Parse(
                        await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)
                    );
                    // I3 and I4: an id that was answered once stays the one under its key.
                    Assert.Equal(key, accepted.GetOrAdd(body.GetProperty("id").GetGuid(), key));
                });
            }
        );

        await AllAreUpAsync();
        Assert.Equal(Transfers, accepted.Count);
        // I5: all end.
        await Wallet.EventuallyAsync(async () =>
        {
            foreach (var person in people)
                Assert.Empty(await _wallet.HistoryAsync(person, "status=pending"));
        });
        var histories = await Task.WhenAll(
            people.Select(person => _wallet.HistoryAsync(person, "type=transfer&status=completed"))
        );
        Assert.Equal(
            accepted.Keys.Order(),
            histories.SelectMany(items => items).Select(item => item.GetProperty("id").GetGuid()).Distinct().Order()
        );
        foreach (var person in people)
        {
            // As much came in as went out.
            Assert.Equal("1000.00", await _wallet.BalanceAsync(person));
            await _wallet.AssertDenseAsync(person);
        }

        // I7: both sides were told of each, once.
        await Wallet.EventuallyAsync(async () =>
        {
            var told = await Task.WhenAll(people.Select(_wallet.NotificationsAsync));
            var counts = told.SelectMany(notes => notes)
                .Where(note => note.GetProperty("kind").GetString() is "money_sent" or "money_received")
                .CountBy(note => note.GetProperty("transactionId").GetGuid())
                .ToList();
            Assert.Equal(Transfers, counts.Count);
            Assert.All(counts, count => Assert.Equal(2, count.Value));
        });
        await _wallet.AssertBalancedAsync();
        Assert.Empty(
            await new Books(payflow.Database("accountsdb"), payflow.Database("transactionsdb")).DifferencesAsync(
                accepted.ContainsKey
            )
        );
    }

    private Task AllAreUpAsync() =>
        Wallet.EventuallyAsync(async () =>
        {
            await payflow.AssertIsUpAsync();

            // The services are healthy without it.
            using var broker = new Broker(payflow);
            Assert.True(broker.IsUp(), "The broker is not up yet.");
        });

    private void Kill(string part)
    {
        using var process = Process.GetProcessById(payflow.ProcessId(part));
        process.Kill();
    }
}
