using System.Net;
using System.Net.Http.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Npgsql;
using static PayFlow.EndToEnd.Tests.Wallet;

namespace PayFlow.EndToEnd.Tests;

/// <summary>
/// An admin's role does not count for what is their own. Every route that changes something by that role is called
/// about the caller's own account, person or transaction; a new route without a line here fails.
/// </summary>
public sealed class OwnAccountTests(OnInMemoryKafka payflow) : IClassFixture<SharedInMemoryKafka>
{
    /// <summary>They change nothing that belongs to somebody.</summary>
    private static readonly string[] AboutNobody =
    [
        "POST /accounts/parked/{id}/replay",
        "POST /transactions/parked/{id}/replay",
        "POST " + "/notifications/parked/{id}/replay",
        "POST /transactions/reconciliation",
    ];

    private readonly Wallet _wallet = new(payflow);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_route_lets_an_admin_decide_on_their_own()
    {
        var me = await _wallet.AdminAsync();
        var user = new JsonWebToken(me.Token.Parameter).Subject;
        await _wallet.ChangeAsync(me, "freeze");
        var proposal = (await ReadAsync(await _wallet.AdjustAsync(me, "20000000.00"), HttpStatusCode.Accepted))
            .GetProperty("id")
            .GetGuid();
        var request = await RequestAboutAsync(me, user);
        var payment = await DifferenceAsync(me);
        var reason = new { reason = "test" };
        var cases = new Dictionary<string, (string Path, object Body, HttpStatusCode Refused)>(StringComparer.Ordinal)
        {
            ["PUT /accounts/{id}/balance"] = (
                $"accounts/{me.Account}/balance",
                new { adjustment = "1.00", reason = "test" },
                HttpStatusCode.Forbidden
            ),
            // As any holder is answered whose account PayFlow froze.
            ["POST /accounts/{id}/unfreeze"] = ($"accounts/{me.Account}/unfreeze", reason, HttpStatusCode.Conflict),
            ["POST /accounts/{id}/close"] = ($"accounts/{me.Account}/close", reason, HttpStatusCode.Conflict),
            ["POST /adjustments/{id}/approve"] = ($"adjustments/{proposal}/approve", new { }, HttpStatusCode.Forbidden),
            ["POST /adjustments/{id}/reject"] = ($"adjustments/{proposal}/reject", new { }, HttpStatusCode.Forbidden),
            ["PUT /people/{id}/roles"] = (
                $"people/{user}/roles",
                new { roles = new[] { "admin", "auditor" }, reason = "test" },
                HttpStatusCode.Forbidden
            ),
            ["PUT /people/{id}/tier"] = (
                $"people/{user}/tier",
                new { tier = "full", reason = "test" },
                HttpStatusCode.Forbidden
            ),
            ["POST /people/{id}/unlock"] = ($"people/{user}/unlock", reason, HttpStatusCode.Forbidden),
            ["POST /people/{id}/second-factor/remove"] = (
                $"people/{user}/second-factor/remove",
                reason,
                HttpStatusCode.Forbidden
            ),
            ["POST /people/requests/{id}/approve"] = (
                $"people/requests/{request}/approve",
                new { },
                HttpStatusCode.Forbidden
            ),
            ["POST /people/requests/{id}/reject"] = (
                $"people/requests/{request}/reject",
                new { },
                HttpStatusCode.Forbidden
            ),
            ["POST /transactions/reconciliation/{id}/accept"] = (
                $"transactions/reconciliation/{payment}/accept",
                reason,
                HttpStatusCode.Forbidden
            ),
        };

        // A freeze of one's own is a holder's, and PayFlow's stays PayFlow's.
        Assert.Equal(
            "operator",
            (
                await ReadAsync(
                    await _wallet.SendAsync(
                        HttpMethod.Post,
                        $"accounts/{me.Account}/freeze",
                        me.Token,
                        JsonContent.Create(reason)
                    ),
                    HttpStatusCode.OK
                )
            )
                .GetProperty("frozenBy")
                .GetString()
        );
        cases.Add("POST /accounts/{id}/freeze", ($"accounts/{me.Account}/freeze", reason, HttpStatusCode.OK));
        Assert.Equal(Routes().Order(StringComparer.Ordinal), cases.Keys.Order(StringComparer.Ordinal));
        foreach (var (route, (path, body, refused)) in cases)
        {
            using var ask = new HttpRequestMessage(new HttpMethod(route.Split(' ')[0]), path)
            {
                Content = JsonContent.Create(body),
            };
            ask.Headers.Authorization = me.Token;
            ask.Headers.Add("Idempotency-Key", NewKey());
            using var answer = await _wallet.Api.SendAsync(ask, Cancel);
            Assert.True(
                answer.StatusCode == refused,
                $"{route}: {answer.StatusCode}: {await answer.Content.ReadAsStringAsync(Cancel)}"
            );
        }

        Assert.Equal("pending", (await _wallet.GetAsync($"adjustments/{proposal}")).GetProperty("status").GetString());
        Assert.Equal(
            "frozen",
            (await _wallet.GetAsync($"accounts/{me.Account}", me)).GetProperty("status").GetString()
        );
        await ReadAsync(await _wallet.SendAsync(HttpMethod.Post, $"adjustments/{proposal}/reject"), HttpStatusCode.OK);
    }

    /// <summary>A request that an admin made about somebody, who became one meanwhile.</summary>
    private async Task<Guid> RequestAboutAsync(Person me, string user)
    {
        await _wallet.ExecuteAsync("update users set two_factor_enabled = true where party_id = $1", me);
        var asked = await ReadAsync(
            await _wallet.SendAsync(
                HttpMethod.Post,
                $"people/{user}/second-factor/remove",
                null,
                JsonContent.Create(new { reason = "test" })
            ),
            HttpStatusCode.Accepted
        );
        await _wallet.ExecuteAsync("update users set two_factor_enabled = false where party_id = $1", me);
        return asked.GetProperty("id").GetGuid();
    }

    /// <summary>A difference on a payment to this person.</summary>
    private async Task<Guid> DifferenceAsync(Person me)
    {
        var payment = (await _wallet.PayAsync(await _wallet.OpenAsync("5.00"), me.Account, "1.00"))
            .GetProperty("id")
            .GetGuid();
        await using var database = NpgsqlDataSource.Create(payflow.Database("transactionsdb"));
        await using var differs = database.CreateCommand(
            "insert into reconciliation_differences (transaction_id, kind, detail, found_at, checked_at, "
                + "accepted_at) values ($1, 'test', 'test', now(), now(), null)"
        );
        differs.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = payment });
        Assert.Equal(1, await differs.ExecuteNonQueryAsync(Cancel));
        return payment;
    }

    /// <summary>The routes by which an admin changes what others cannot.</summary>
    private static IEnumerable<string> Routes() =>
        AccessPage
            .Read()
            .Where(line =>
                !line.Key.StartsWith("GET ", StringComparison.Ordinal)
                && line.Value["admin"] == "ok"
                && line.Value["stranger"] != "ok"
            )
            .Select(line => line.Key)
            .Except(AboutNobody, StringComparer.Ordinal);
}
