using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Npgsql;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Messaging;

namespace PayFlow.EndToEnd.Tests;

/// <summary>
/// The product does what it does, right and wrong, for people whose every word is known; then all that it wrote down is
/// searched for those words: the log of every part (PostgreSQL's and the broker's too), the request log in it, and the
/// traces, metrics and logs that were sent.
/// </summary>
[Collection(InMemoryKafkaCollection.Name)]
public sealed class LogPrivacyTests(OnInMemoryKafka payflow)
{
    private readonly Wallet _wallet = new(payflow);

    // Every request is of this trace, by which it is known when all spans have come.
    private readonly string _trace = ActivityTraceId.CreateRandom().ToHexString();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_that_is_written_down_tells_who_somebody_is_what_they_wrote_or_what_opens_their_door()
    {
        var secrets = new Dictionary<string, string>(StringComparer.Ordinal);
        string Secret(string what, string value)
        {
            secrets[what] = value;
            return value;
        }

        var name = Secret("handle", "priv" + Wallet.NewKey());
        var email = Secret("e-mail", $"mail.{Wallet.NewKey()}@private.example");
        var password = Secret("password", $"horse {Wallet.NewKey()} staple");
        var wrong = Secret("wrong password", $"mule {Wallet.NewKey()} staple");
        var holder = Secret("holder name", $"Zenobia {Wallet.NewKey()}");
        var note = Secret("note", $"for the {Wallet.NewKey()} surprise");
        var reason = Secret("reason", $"because of {Wallet.NewKey()}");
        var (otherName, otherEmail) = (
            Secret("other handle", "othr" + Wallet.NewKey()),
            Secret("other e-mail", $"othr{Wallet.NewKey()}@private.example")
        );
        var broken = Secret("an address whose sign-up breaks", $"breaks{Wallet.NewKey()}@private.example");
        var reference = Secret("reference", "ref-" + Wallet.NewKey());

        // Signing up, right and in each wrong way.
        await ExpectAsync(
            HttpStatusCode.Created,
            "auth/sign-up",
            new
            {
                email,
                password,
                name = holder,
                handle = name,
            }
        );
        await ExpectAsync(
            HttpStatusCode.Created,
            "auth/sign-up",
            new
            {
                email = otherEmail,
                password,
                name = holder,
                handle = otherName,
            }
        );
        await ExpectAsync(
            HttpStatusCode.Conflict,
            "auth/sign-up",
            new
            {
                email,
                password,
                name = holder,
                handle = name,
            }
        );
        await ExpectAsync(
            HttpStatusCode.Conflict,
            "auth/sign-up",
            new
            {
                email = "x" + email,
                password,
                name = holder,
                handle = name,
            }
        );
        await ExpectAsync(
            HttpStatusCode.BadRequest,
            "auth/sign-up",
            new
            {
                email,
                password = name,
                name = holder,
                handle = "@@" + name,
            }
        );
        await ExpectAsync(
            HttpStatusCode.BadRequest,
            "auth/sign-up",
            new
            {
                email,
                password = new { password },
                name = holder,
                handle = name,
            }
        );
        await SendAsync(
            HttpMethod.Post,
            "auth/sign-in",
            new StringContent($"{{\"email\":\"{email}\",\"password\":\"{wrong}", Encoding.UTF8, "application/json")
        );
        await ExpectAsync(
            HttpStatusCode.BadRequest,
            "auth/sign-in",
            new Dictionary<string, string>(StringComparer.Ordinal) { ["email"] = email, [password] = password }
        );

        // Signing in.
        await ExpectAsync(HttpStatusCode.Unauthorized, "auth/sign-in", new { email, password = wrong });
        await ExpectAsync(HttpStatusCode.Unauthorized, "auth/sign-in", new { email = "y" + email, password });
        var session = await ExpectAsync(HttpStatusCode.OK, "auth/sign-in", new { email, password });
        var refresh = Secret("refresh token", session.GetProperty("refreshToken").GetString()!);
        var fresh = await ExpectAsync(HttpStatusCode.OK, "auth/refresh", new { refreshToken = refresh });
        Secret("next refresh token", fresh.GetProperty("refreshToken").GetString()!);
        await ExpectAsync(HttpStatusCode.Unauthorized, "auth/refresh", new { refreshToken = refresh });
        session = await ExpectAsync(HttpStatusCode.OK, "auth/sign-in", new { email, password });
        var token = Secret("access token", session.GetProperty("accessToken").GetString()!);
        var me = new AuthenticationHeaderValue("Bearer", token);
        var other = new AuthenticationHeaderValue(
            "Bearer",
            Secret(
                "other's access token",
                (await ExpectAsync(HttpStatusCode.OK, "auth/sign-in", new { email = otherEmail, password }))
                    .GetProperty("accessToken")
                    .GetString()!
            )
        );
        await SendAsync(
            HttpMethod.Get,
            "accounts/me",
            null,
            new AuthenticationHeaderValue("Bearer", token[..^4] + "AAAA")
        );

        // Reading, with what is personal in paths and queries.
        var mine = (await GetAsync("accounts/me", me)).GetProperty("items")[0];
        var (account, number) = (
            mine.GetProperty("id").GetGuid(),
            Secret("account number", mine.GetProperty("accountNumber").GetString()!)
        );
        var otherNumber = Secret(
            "other account number",
            (await GetAsync("accounts/me", other)).GetProperty("items")[0].GetProperty("accountNumber").GetString()!
        );
        foreach (
            var path in new[]
            {
                $"accounts/number/{number}",
                $"accounts/lookup?to=@{otherName}",
                $"accounts/lookup?to={otherNumber}",
                $"accounts/lookup?to={email}",
                $"accounts/{email}",
                $"accounts/@{name}",
                $"accounts/{name}",
                $"accounts/number/{otherNumber}",
                $"transactions?q={Uri.EscapeDataString(note)}",
                $"nothing/{email}",
                $"transactions?cursor={name}",
                $"accounts/{account}/balance?at={email}",
            }
        )
        {
            await SendAsync(HttpMethod.Get, path, null, me);
        }

        // Money, moved and refused, with words.
        var person = new Person(account, default, number, name, email, me);
        (await _wallet.AdjustAsync(person, "50.00")).EnsureSuccessStatusCode();
        Assert.Equal(
            "completed",
            (await _wallet.PayAsync(person, otherNumber, "1.00", note: note)).GetProperty("status").GetString()
        );
        Assert.Equal("completed", (
                await PayAsync(
                    new
                    {
                        fromAccount = account,
                        toAccount = "@" + otherName,
                        amount = "1.00",
                        currency = "INR",
                        note,
                        metadata = new { note },
                    },
                    me
                )
            ).GetProperty("status").GetString());
        Assert.Equal("insufficient_funds", (
                await PayAsync(
                    new
                    {
                        fromAccount = account,
                        toAccount = otherNumber,
                        amount = "1000.00",
                        currency = "INR",
                        note,
                    },
                    me
                )
            ).GetProperty("failureReason").GetString());
        await PayAsync(
            new
            {
                fromAccount = account,
                toAccount = email,
                amount = "1.00",
                currency = "INR",
                note,
            },
            me
        );
        await PayAsync(
            new
            {
                fromAccount = account,
                toAccount = "@" + otherName,
                amount = note,
                currency = "INR",
                note,
            },
            me
        );
        await PayAsync(
            new
            {
                fromAccount = note,
                toAccount = "@" + otherName,
                amount = "1.00",
                currency = "INR",
                note,
            },
            me
        );
        await PayAsync(
            new
            {
                fromAccount = account,
                toAccount = "@" + otherName,
                amount = "1.00",
                currency = note,
                note = note + note + new string('n', 200),
            },
            me
        );
        await SendAsync(HttpMethod.Post, $"accounts/{account}/freeze", JsonContent.Create(new { reason }), me);
        await PayAsync(
            new
            {
                fromAccount = account,
                toAccount = "@" + otherName,
                amount = "1.00",
                currency = "INR",
                note,
            },
            me
        );
        await SendAsync(HttpMethod.Post, $"accounts/{account}/unfreeze", JsonContent.Create(new { reason }), me);

        // Bugs: PostgreSQL refuses what the code did not expect.
        await using (await BreakAsync("accountsdb", "parties", "email", broken))
        {
            await ExpectAsync(
                HttpStatusCode.InternalServerError,
                "auth/sign-up",
                new
                {
                    email = broken,
                    password,
                    name = holder,
                    handle = name + "b",
                }
            );
        }

        await using (await BreakAsync("transactionsdb", "transactions", "external_reference", reference))
        {
            await PayAsync(
                new
                {
                    fromAccount = account,
                    toAccount = "@" + otherName,
                    amount = "1.00",
                    currency = "INR",
                    note,
                    externalReference = reference,
                },
                me
            );
        }

        using (var broker = new Broker(payflow))
        {
            // What cannot be read is parked, with a reason.
            var unreadable = Encoding.UTF8.GetBytes($"{{\"title\":\"{note}\",\"tenantId\":\"{email}\"}}");
            await broker.PublishAsync([
                new OutgoingMessage(
                    NotificationRequest.TopicName,
                    email,
                    "privacy/" + Wallet.NewKey(),
                    DateTimeOffset.UnixEpoch,
                    null,
                    unreadable
                ),
            ]);
        }

        await SendAsync(HttpMethod.Post, "auth/sign-out", null, me);
        await Wallet.EventuallyAsync(async () =>
        {
            Assert.Contains(
                (await _wallet.GetAsync("notifications/parked")).EnumerateArray(),
                parked => parked.GetProperty("messageId").GetString()!.StartsWith("privacy/", StringComparison.Ordinal)
            );
            Assert.Equal(
                ["accounts", "notifications", "transactions", "web"],
                payflow.Telemetry.ServicesLinkedTo(_trace, ["accounts", "notifications", "transactions", "web"])
            );
            Assert.Contains("A test breaks this", payflow.Log, StringComparison.Ordinal);
        });

        var lines = payflow.Log.Split('\n');
        var told = payflow
            .Telemetry.Telling(secrets.Values)
            .Select(one => $"{secrets.First(secret => secret.Value == one.Text).Key} in {one.Signal}")
            .Concat(
                secrets.SelectMany(secret =>
                    lines
                        .Where(line => line.Contains(secret.Value, StringComparison.OrdinalIgnoreCase))
                        .Select(line => $"{secret.Key} in the log: {line}")
                )
            );
        Assert.Empty(told);
    }

    private async Task<JsonElement> ExpectAsync(HttpStatusCode status, string path, object body) =>
        await Wallet.ReadAsync(await SendAsync(HttpMethod.Post, path, JsonContent.Create(body)), status);

    private async Task<JsonElement> GetAsync(string path, AuthenticationHeaderValue who) =>
        await Wallet.ReadAsync(await SendAsync(HttpMethod.Get, path, null, who), HttpStatusCode.OK);

    private async Task<JsonElement> PayAsync(object body, AuthenticationHeaderValue who)
    {
        using var answer = await SendAsync(HttpMethod.Post, "transactions", JsonContent.Create(body), who);
        return JsonElement.Parse(await answer.Content.ReadAsStringAsync(Cancel));
    }

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method,
        string path,
        HttpContent? body,
        AuthenticationHeaderValue? who = null
    )
    {
        using var request = new HttpRequestMessage(method, path) { Content = body };
        request.Headers.Authorization = who ?? RunningPayFlow.Nobody;
        request.Headers.TryAddWithoutValidation("Idempotency-Key", Wallet.NewKey());
        request.Headers.TryAddWithoutValidation("Prefer", "wait=10");
        request.Headers.TryAddWithoutValidation(
            "traceparent",
            $"00-{_trace}-{ActivitySpanId.CreateRandom().ToHexString()}-01"
        );
        return await payflow.Api.SendAsync(request, Cancel);
    }

    /// <summary>Has PostgreSQL refuse one row, until it is disposed.</summary>
    private async Task<IAsyncDisposable> BreakAsync(string database, string table, string column, string value)
    {
        var source = NpgsqlDataSource.Create(payflow.Database(database));
        await RunAsync(
            source,
            $"""
            create function break_for_privacy() returns trigger language plpgsql as $$
            begin
              if new.{column} = '{value}' then
                raise exception 'A test breaks this.' using detail = new.{column};
              end if;
              return new;
            end $$;
            create trigger break_for_privacy before insert on {table} for each row execute function break_for_privacy();
            """
        );
        return new Broken(source, $"drop trigger break_for_privacy on {table}; drop function break_for_privacy()");
    }

    private static async Task RunAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Cancel);
    }

    private sealed class Broken(NpgsqlDataSource source, string mend) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await RunAsync(source, mend);
            await source.DisposeAsync();
        }
    }
}
