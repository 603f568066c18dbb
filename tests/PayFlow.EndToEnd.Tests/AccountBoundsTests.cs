using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using static PayFlow.EndToEnd.Tests.Wallet;

namespace PayFlow.EndToEnd.Tests;

/// <summary>Nobody opens accounts without end, and a list of one's own comes in pages.</summary>
public sealed class AccountBoundsTests(OnInMemoryKafka payflow) : IClassFixture<SharedInMemoryKafka>
{
    private readonly Wallet _wallet = new(payflow);

    [Fact]
    public async Task A_person_opens_five_accounts_a_day_whether_they_close_them_or_not()
    {
        // The sign-up opened the first one.
        var person = await _wallet.OpenAsync();
        for (var i = 0; i < 4; i++)
        {
            var opened = await ReadAsync(await OpenAsync(person, "USD"), HttpStatusCode.Created);
            await ReadAsync(
                await _wallet.SendAsync(
                    HttpMethod.Post,
                    $"accounts/{Id(opened)}/close",
                    person.Token,
                    JsonContent.Create(new { reason = "test" })
                ),
                HttpStatusCode.OK
            );
        }

        await AssertProblemAsync(await OpenAsync(person, "USD"), HttpStatusCode.UnprocessableEntity, "limit_exceeded");
        Assert.Equal(5, (await _wallet.AllAsync("accounts/me", person: person)).Count);
        await AgeAsync(person);
        await ReadAsync(await OpenAsync(person, "USD"), HttpStatusCode.Created);
    }

    [Fact]
    public async Task Of_many_at_once_five_are_opened()
    {
        var person = await _wallet.OpenAsync();
        var answers = await Task.WhenAll(
            "AED AUD CAD CHF EUR GBP JPY SGD USD ZAR".Split(' ').Select(currency => OpenAsync(person, currency))
        );
        Assert.Equal(4, answers.Count(answer => answer.StatusCode == HttpStatusCode.Created));
        Assert.All(
            answers,
            answer =>
                Assert.True(
                    answer.StatusCode is HttpStatusCode.Created or HttpStatusCode.UnprocessableEntity,
                    answer.StatusCode.ToString()
                )
        );
    }

    [Fact]
    public async Task A_person_opens_fifty_in_all_and_reads_them_in_pages_the_open_ones_first()
    {
        var person = await _wallet.OpenAsync();
        // Opened and closed long ago.
        await using (var database = Npgsql.NpgsqlDataSource.Create(payflow.Database("accountsdb")))
        {
            await using var open = database.CreateCommand(
                """
                insert into accounts (id, tenant_id, account_number, owner_id, holder_name, email, kind, currency,
                  balance, held, status, time_zone, version, entry_seq, created_at, updated_at)
                select gen_random_uuid(), tenant_id, left(md5(random()::text), 12), owner_id, holder_name, email, kind,
                  'USD', 0, 0, 'closed', time_zone, 2, 0, now() - interval '2 days', now()
                from accounts, generate_series(1, 48) where owner_id = $1
                """
            );
            open.Parameters.Add(new Npgsql.NpgsqlParameter<Guid> { TypedValue = person.Owner });
            Assert.Equal(48, await open.ExecuteNonQueryAsync(TestContext.Current.CancellationToken));
        }

        await ReadAsync(await OpenAsync(person, "EUR"), HttpStatusCode.Created);
        await AgeAsync(person);
        await AssertProblemAsync(await OpenAsync(person, "GBP"), HttpStatusCode.UnprocessableEntity, "limit_exceeded");
        foreach (var limit in new[] { 1, 2, 3, 49, 50, 200 })
        {
            var all = await _wallet.AllAsync("accounts/me", limit: limit, person: person);
            Assert.Equal(50, all.Select(Id).Distinct().Count());
            Assert.Equal(50, all.Count);
            Assert.All(all[..2], account => Assert.Equal("active", account.GetProperty("status").GetString()));
            Assert.All(all[2..], account => Assert.Equal("closed", account.GetProperty("status").GetString()));
        }

        await AssertProblemAsync(
            await _wallet.SendAsync(HttpMethod.Get, "accounts/me?limit=0", person.Token),
            HttpStatusCode.BadRequest,
            "validation"
        );
        await AssertProblemAsync(
            await _wallet.SendAsync(HttpMethod.Get, "accounts/me?cursor=eyJ9", person.Token),
            HttpStatusCode.BadRequest,
            "invalid_cursor"
        );
    }

    private static Guid Id(JsonElement row) => row.GetProperty("id").GetGuid();

    /// <summary>As if a day had gone by.</summary>
    private async Task AgeAsync(Person person)
    {
        await using var database = Npgsql.NpgsqlDataSource.Create(payflow.Database("accountsdb"));
        await using var age = database.CreateCommand(
            "update accounts set created_at = created_at - interval '24 hours' where owner_id = $1"
        );
        age.Parameters.Add(new Npgsql.NpgsqlParameter<Guid> { TypedValue = person.Owner });
        await age.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    private Task<HttpResponseMessage> OpenAsync(Person person, string currency) =>
        _wallet.SendAsync(HttpMethod.Post, "accounts", person.Token, JsonContent.Create(new { currency }));
}
