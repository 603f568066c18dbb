using System.Net;
using System.Text.Json;
using Npgsql;

namespace PayFlow.EndToEnd.Tests;

/// <summary>
/// The balance at an instant is one answer for ever, also where a posting of before that instant is committed after the
/// question.
/// </summary>
[Collection(InMemoryKafkaCollection.Name)]
public sealed class PastInstantTests(OnInMemoryKafka payflow)
{
    private readonly Wallet _wallet = new(payflow);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_read_as_of_an_instant_waits_for_the_commit_of_what_was_posted_before_it()
    {
        var (payer, payee) = (await _wallet.OpenAsync("10.00"), await _wallet.OpenAsync());
        await using var database = NpgsqlDataSource.Create(payflow.Database("accountsdb"));
        var (held, instant) = await PayHeldAsync(database, payer, payee);
        await using (held)
        {
            // What is old is settled, and now is what is committed.
            Assert.Equal("0.00", Balance(await ReadAsync(payee, instant.AddHours(-1))));
            Assert.Equal("0.00", await _wallet.BalanceAsync(payee));
            var reads = new[] { payer, payee }.Select(person => ReadAsync(person, instant)).ToList();
            await WaitingAsync(database, "%for key share%", 2);
            Assert.DoesNotContain(reads, read => read.IsCompleted);
            await ExecuteAsync(held, "commit");
            Assert.Equal(["9.00", "1.00"], (await Task.WhenAll(reads)).Select(Balance));
        }

        Assert.Equal(
            ("9.00", "1.00"),
            (Balance(await ReadAsync(payer, instant)), Balance(await ReadAsync(payee, instant)))
        );
    }

    [Fact]
    public async Task A_read_that_would_wait_too_long_is_told_to_come_again()
    {
        var (payer, payee) = (await _wallet.OpenAsync("10.00"), await _wallet.OpenAsync());
        await using var database = NpgsqlDataSource.Create(payflow.Database("accountsdb"));
        var (held, instant) = await PayHeldAsync(database, payer, payee);
        await using (held)
        {
            using var answer = await AskAsync(payee, instant);
            await Wallet.AssertProblemAsync(answer, HttpStatusCode.ServiceUnavailable, "unavailable");
            Assert.NotNull(answer.Headers.RetryAfter);
            await ExecuteAsync(held, "commit");
        }

        await Wallet.EventuallyAsync(async () => Assert.Equal("1.00", Balance(await ReadAsync(payee, instant))));
    }

    /// <summary>Pays, and holds the ledger's commit back after it has taken the posting's time.</summary>
    /// <returns>Who holds it, until they commit, and an instant after that time.</returns>
    private async Task<(NpgsqlConnection Holding, DateTimeOffset Instant)> PayHeldAsync(
        NpgsqlDataSource database,
        Person payer,
        Person payee
    )
    {
        var holding = await database.OpenConnectionAsync(Cancel);
        await ExecuteAsync(holding, "begin; lock table postings in exclusive mode");
        using (var paid = await _wallet.SendAsync(payer, payee.Account, "1.00"))
            Assert.Equal(HttpStatusCode.Accepted, paid.StatusCode);
        await WaitingAsync(database, "%insert into postings%", 1);
        await using var now = new NpgsqlCommand("select clock_timestamp()", holding);
        return (holding, new DateTimeOffset((DateTime)(await now.ExecuteScalarAsync(Cancel))!));
    }

    private static Task WaitingAsync(NpgsqlDataSource database, string statement, long sessions) =>
        Wallet.EventuallyAsync(async () =>
        {
            await using var read = database.CreateCommand(
                "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and query like $1"
            );
            read.Parameters.Add(new NpgsqlParameter<string> { TypedValue = statement });
            Assert.Equal(sessions, await read.ExecuteScalarAsync(Cancel));
        });

    private Task<HttpResponseMessage> AskAsync(Person person, DateTimeOffset instant) =>
        _wallet.SendAsync(
            HttpMethod.Get,
            $"accounts/{person.Account}/balance?at={Uri.EscapeDataString(instant.ToString("O"))}",
            person.Token
        );

    private async Task<JsonElement> ReadAsync(Person person, DateTimeOffset instant) =>
        await Wallet.ReadAsync(await AskAsync(person, instant), HttpStatusCode.OK);

    private static string Balance(JsonElement answer) => answer.GetProperty("balance").GetString()!;

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Cancel);
    }
}
