using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Npgsql;
using static PayFlow.EndToEnd.Tests.Wallet;

namespace PayFlow.EndToEnd.Tests;

/// <summary>What those who work here see of people, and what an admin changes.</summary>
public sealed class PeopleTests(OnInMemoryKafka payflow) : IClassFixture<SharedInMemoryKafka>
{
    private readonly Wallet _wallet = new(payflow);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task People_are_found_by_name_handle_and_address_without_any_secret()
    {
        var person = await _wallet.OpenAsync();
        foreach (var q in new[] { person.Handle, person.Email, "test " + person.Handle[1..] })
        {
            var found = Assert.Single(await _wallet.AllAsync("people", "q=" + Uri.EscapeDataString(q)));
            Assert.Equal(
                (UserOf(person), person.Owner, person.Handle),
                (
                    found.GetProperty("id").GetGuid(),
                    found.GetProperty("partyId").GetGuid(),
                    found.GetProperty("handle").GetString()
                )
            );
            Assert.Equal(
                [
                    "confirmationLockedUntil",
                    "createdAt",
                    "email",
                    "emailVerified",
                    "handle",
                    "id",
                    "lockedUntil",
                    "name",
                    "partyId",
                    "pinSet",
                    "roles",
                    "secondFactor",
                    "tier",
                ],
                found.EnumerateObject().Select(member => member.Name).Order(StringComparer.Ordinal)
            );
        }

        Assert.Empty(await _wallet.AllAsync("people", "q=%25" + person.Handle[1..]));
        var pages = await _wallet.AllAsync("people", limit: 3);
        Assert.Equal(pages.Count, pages.Select(item => item.GetProperty("id").GetGuid()).Distinct().Count());
        await AssertProblemAsync(
            await _wallet.SendAsync(HttpMethod.Get, $"people/{person.Owner}"),
            HttpStatusCode.NotFound,
            "person_not_found"
        );
    }

    [Fact]
    public async Task A_new_role_counts_at_once_and_ends_the_sessions_of_the_old()
    {
        var person = await _wallet.OpenAsync();
        var path = $"people/{UserOf(person)}/roles";
        await AssertProblemAsync(
            await PutAsync(path, new { roles = new[] { "support" }, reason = " " }),
            HttpStatusCode.BadRequest,
            "validation"
        );
        await AssertProblemAsync(
            await PutAsync(path, new { roles = Array.Empty<string>(), reason = "test" }),
            HttpStatusCode.BadRequest,
            "validation"
        );
        var changed = await ReadAsync(
            await PutAsync(path, new { roles = new[] { "support" }, reason = "joined the team" }),
            HttpStatusCode.OK
        );
        Assert.Equal("support", Assert.Single(changed.GetProperty("roles").EnumerateArray()).GetString());
        await EventuallyAsync(
            async () =>
                Assert.Equal(
                    HttpStatusCode.Unauthorized,
                    (await _wallet.SendAsync(HttpMethod.Get, "auth/sessions", person.Token)).StatusCode
                ),
            TimeSpan.FromSeconds(2)
        );
        var fresh = await payflow.SignInAsync(person.Email, Password);
        await ReadAsync(await _wallet.SendAsync(HttpMethod.Get, "people", fresh), HttpStatusCode.OK);
        var audited = Assert.Single(
            await _wallet.AllAsync("accounts/audit", $"action=roles_changed&subjectId={UserOf(person)}")
        );
        Assert.Equal(
            ("customer", "joined the team"),
            (
                audited.GetProperty("before").GetProperty("roles")[0].GetString(),
                audited.GetProperty("after").GetProperty("reason").GetString()
            )
        );
    }

    [Fact]
    public async Task A_tier_is_raised_and_a_lock_ended_with_a_reason()
    {
        var person = await _wallet.OpenAsync();
        for (var i = 0; i < 5; i++)
            (
                await payflow.Api.PostAsJsonAsync(
                    "auth/sign-in",
                    new { email = person.Email, password = "not that" },
                    Cancel
                )
            ).Dispose();
        Assert.NotNull((await _wallet.GetAsync($"people/{UserOf(person)}")).GetProperty("lockedUntil").GetString());
        await ReadAsync(
            await _wallet.SendAsync(
                HttpMethod.Post,
                $"people/{UserOf(person)}/unlock",
                null,
                JsonContent.Create(new { reason = "called us" })
            ),
            HttpStatusCode.OK
        );
        Assert.Equal(
            "full",
            (
                await ReadAsync(
                    await PutAsync($"people/{UserOf(person)}/tier", new { tier = "full", reason = "papers seen" }),
                    HttpStatusCode.OK
                )
            )
                .GetProperty("tier")
                .GetString()
        );
        var token = await payflow.SignInAsync(person.Email, Password);
        Assert.Equal("full", new JsonWebToken(token.Parameter).GetClaim("tier").Value);
    }

    [Fact]
    public async Task Nobody_changes_their_own()
    {
        var admin = await _wallet.AnotherAdminAsync();
        var own = new JsonWebToken(admin.Parameter).Subject;
        await AssertProblemAsync(
            await PutAsync($"people/{own}/tier", new { tier = "full", reason = "test" }, admin),
            HttpStatusCode.Forbidden,
            "forbidden"
        );
        await AssertProblemAsync(
            await PutAsync($"people/{own}/roles", new { roles = new[] { "admin", "auditor" }, reason = "test" }, admin),
            HttpStatusCode.Forbidden,
            "forbidden"
        );
        await AssertProblemAsync(
            await _wallet.SendAsync(
                HttpMethod.Post,
                $"people/{own}/unlock",
                admin,
                JsonContent.Create(new { reason = "test" })
            ),
            HttpStatusCode.Forbidden,
            "forbidden"
        );
    }

    [Fact]
    public async Task No_admin_puts_money_on_an_account_of_their_own()
    {
        var person = await _wallet.OpenAsync();
        await _wallet.ExecuteAsync("update users set roles = array['admin', 'customer'] where party_id = $1", person);
        var own = await payflow.SignInAsync(person.Email, Password);
        await AssertProblemAsync(
            await _wallet.AdjustAsync(person, "1.00", token: own),
            HttpStatusCode.Forbidden,
            "forbidden"
        );
        // Nor by the word of another one who asks for it.
        var proposal = (await ReadAsync(await _wallet.AdjustAsync(person, "20000000.00"), HttpStatusCode.Accepted))
            .GetProperty("id")
            .GetGuid();
        await AssertProblemAsync(
            await _wallet.SendAsync(HttpMethod.Post, $"adjustments/{proposal}/approve", own),
            HttpStatusCode.Forbidden,
            "forbidden"
        );
        await AssertProblemAsync(
            await _wallet.SendAsync(HttpMethod.Post, $"adjustments/{proposal}/reject", own),
            HttpStatusCode.Forbidden,
            "forbidden"
        );
        await ReadAsync(await _wallet.SendAsync(HttpMethod.Post, $"adjustments/{proposal}/reject"), HttpStatusCode.OK);
        Assert.Equal("0.00", await _wallet.BalanceAsync(person with { Token = own }));
    }

    [Fact]
    public async Task A_role_that_is_taken_away_while_its_holder_signs_in_is_gone()
    {
        var person = await _wallet.OpenAsync();
        await _wallet.ExecuteAsync("update users set roles = array['admin', 'customer'] where party_id = $1", person);
        await using var database = NpgsqlDataSource.Create(payflow.Database("accountsdb"));
        await using var connection = await database.OpenConnectionAsync(Cancel);
        await using var change = await connection.BeginTransactionAsync(Cancel);
        await using (
            var demote = new NpgsqlCommand(
                "update users set roles = array['customer'] where party_id = $1",
                connection,
                change
            )
            {
                Parameters = { new() { Value = person.Owner } },
            }
        )
            await demote.ExecuteNonQueryAsync(Cancel);
        var signingIn = payflow.SignInAsync(person.Email, Password);
        // It has read who they are, and waits for the change to count the try.
        await EventuallyAsync(async () =>
        {
            await using var waiting = database.CreateCommand(
                "select count(*) from pg_stat_activity where datname = 'accountsdb' and wait_event_type = 'Lock'"
            );
            Assert.Equal(1L, await waiting.ExecuteScalarAsync(Cancel));
        });
        await change.CommitAsync(Cancel);
        Assert.Equal("customer", new JsonWebToken((await signingIn).Parameter).GetClaim("roles").Value);
    }

    private static Guid UserOf(Person person) => Guid.Parse(new JsonWebToken(person.Token.Parameter).Subject);

    private Task<HttpResponseMessage> PutAsync(string path, object body, AuthenticationHeaderValue? token = null) =>
        _wallet.SendAsync(HttpMethod.Put, path, token, JsonContent.Create(body));
}
