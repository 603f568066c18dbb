using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Npgsql;
using static PayFlow.EndToEnd.Tests.Wallet;

namespace PayFlow.EndToEnd.Tests;

/// <summary>Signing up and in, sessions and their end, through the gateway where clients come in.</summary>
[Collection(InMemoryKafkaCollection.Name)]
public sealed class SignInTests(OnInMemoryKafka payflow)
{
    private const string Password = "correct horse battery";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_signs_up_has_a_wallet_and_can_sign_in()
    {
        var name = "t" + NewKey();
        using var answer = await PostAsync(
            "auth/sign-up",
            new
            {
                email = $"{name}@Test.example",
                password = Password,
                name = "Test Person",
                handle = "@" + name,
            }
        );
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var (user, account) = Two(await ReadAsync(answer), "user", "account");
        Assert.Equal(
            (user.GetProperty("partyId").GetGuid(), "INR", "@" + name),
            (
                account.GetProperty("ownerId").GetGuid(),
                account.GetProperty("currency").GetString(),
                account.GetProperty("handle").GetString()
            )
        );
        Assert.Equal($"/api/v1/accounts/{account.GetProperty("id").GetGuid()}", answer.Headers.Location!.ToString());

        var session = await SignInAsync($"{name}@test.example");
        Assert.Equal(user.GetProperty("id").GetGuid(), session.GetProperty("user").GetProperty("id").GetGuid());
        Assert.Equal(
            ["customer"],
            session.GetProperty("user").GetProperty("roles").EnumerateArray().Select(role => role.GetString())
        );

        await AssertProblemAsync(
            await PostAsync(
                "auth/sign-up",
                new
                {
                    email = $"{name}@test.example",
                    password = Password,
                    name = "Else",
                    handle = name + "2",
                }
            ),
            HttpStatusCode.Conflict,
            "email_taken"
        );
        await AssertProblemAsync(
            await PostAsync(
                "auth/sign-up",
                new
                {
                    email = $"{name}2@test.example",
                    password = Password,
                    name = "Else",
                    handle = name,
                }
            ),
            HttpStatusCode.Conflict,
            "handle_taken"
        );
    }

    [Fact]
    public async Task A_sign_up_that_cannot_be_is_told_field_by_field()
    {
        var problem = await AssertProblemAsync(
            await PostAsync(
                "auth/sign-up",
                new
                {
                    email = "nobody",
                    password = "password1",
                    name = " ",
                    handle = "No Handle",
                }
            ),
            HttpStatusCode.BadRequest,
            "validation"
        );
        Assert.Equal(
            ["email", "handle", "name", "password"],
            problem.GetProperty("errors").EnumerateObject().Select(error => error.Name).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task An_access_token_is_what_the_published_keys_say_it_is()
    {
        var session = await SignInAsync("asha@payflow.example", "payflow-demo-1");
        using var gateway = new HttpClient { BaseAddress = payflow.Api.BaseAddress };
        var keys = new JsonWebKeySet(
            await gateway.GetStringAsync(new Uri("/.well-known/jwks.json", UriKind.Relative), Cancel)
        );
        Assert.DoesNotContain(keys.Keys, key => key.HasPrivateKey);
        var result = await new JsonWebTokenHandler().ValidateTokenAsync(
            session.GetProperty("accessToken").GetString(),
            new TokenValidationParameters
            {
                ValidAlgorithms = ["ES256"],
                ValidTypes = ["at+jwt"],
                ValidIssuer = "https://payflow.example",
                ValidAudience = "payflow",
                IssuerSigningKeys = keys.GetSigningKeys(),
            }
        );
        Assert.True(result.IsValid, result.Exception?.Message);
        Assert.Equal(session.GetProperty("sessionId").GetString(), result.Claims["sid"]);
        Assert.Equal(RunningPayFlow.TokenLifetime.TotalSeconds, session.GetProperty("expiresIn").GetInt32());
    }

    [Theory]
    [InlineData("asha")]
    [InlineData("vikram")]
    [InlineData("neha")]
    [InlineData("chaipoint")]
    [InlineData("admin")]
    [InlineData("support")]
    [InlineData("auditor")]
    public async Task Sample_people_can_sign_in(string name)
    {
        var session = await SignInAsync(name + "@payflow.example", "payflow-demo-1");
        var roles = session
            .GetProperty("user")
            .GetProperty("roles")
            .EnumerateArray()
            .Select(role => role.GetString()!)
            .ToArray();
        Assert.Equal(
            name switch
            {
                "chaipoint" => ["merchant"],
                "admin" => ["admin", "customer"],
                "support" or "auditor" => [name],
                _ => (string[])["customer"],
            },
            roles
        );
    }

    [Fact]
    public async Task A_wrong_password_and_an_unknown_address_get_one_answer()
    {
        var email = await SignUpAsync();
        var wrong = await AssertProblemAsync(
            await TryAsync(email, "something else"),
            HttpStatusCode.Unauthorized,
            "invalid_credentials"
        );
        var unknown = await AssertProblemAsync(
            await TryAsync("x" + email, Password),
            HttpStatusCode.Unauthorized,
            "invalid_credentials"
        );
        Assert.Equal(Told(wrong), Told(unknown));
    }

    [Fact]
    public async Task Two_hundred_wrong_passwords_at_once_lock_the_user_cost_a_hash_each_and_hold_up_nobody_else()
    {
        var (known, other) = (await SignUpAsync(), await SignUpAsync());
        var before = await HashesAsync();
        // Each from an address of its own, as many as a botnet has.
        var tries = Enumerable
            .Range(0, 200)
            .Select(i =>
                InsistAsync(i % 2 == 0 ? known : $"unknown{i}@test.example", $"wrong password {i}", $"203.0.113.{i}")
            )
            .ToList();
        var meanwhile = await ReadAsync(await InsistAsync(other, Password));
        var told = new HashSet<string>(StringComparer.Ordinal);
        foreach (var answer in await Task.WhenAll(tries))
            told.Add(Told(await AssertProblemAsync(answer, HttpStatusCode.Unauthorized, "invalid_credentials")));
        Assert.Single(told);
        await EventuallyAsync(async () => Assert.Equal(before + 201, await HashesAsync()));
        Assert.NotEmpty(meanwhile.GetProperty("accessToken").GetString()!);

        // Locked: not even the right one counts, and nothing tells that it was right.
        Assert.Equal(
            told.Single(),
            Told(
                await AssertProblemAsync(
                    await TryAsync(known, Password),
                    HttpStatusCode.Unauthorized,
                    "invalid_credentials"
                )
            )
        );
        await ExecuteAsync(
            $"""
            update wrong_tries set locked_until = now() - interval '1 second' from users
            where users.id = user_id and origin = '' and normalized_email = '{known.ToUpperInvariant()}'
            """
        );
        await SignInAsync(known);
    }

    [Fact]
    public async Task Fewer_wrong_tries_than_allowed_are_forgotten_with_the_right_one()
    {
        var email = await SignUpAsync();
        for (var round = 0; round < 2; round++)
        {
            for (var i = 0; i < 4; i++)
                await AssertProblemAsync(
                    await TryAsync(email, "wrong password"),
                    HttpStatusCode.Unauthorized,
                    "invalid_credentials"
                );
            await SignInAsync(email);
        }
    }

    [Fact]
    public async Task A_refresh_token_is_good_once_and_its_second_use_ends_the_session()
    {
        var first = await SignInAsync(await SignUpAsync());
        using var answer = await RefreshAsync(first);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var second = await ReadAsync(answer);
        Assert.NotEqual(first.GetProperty("refreshToken").GetString(), second.GetProperty("refreshToken").GetString());
        Assert.Equal(first.GetProperty("sessionId").GetGuid(), second.GetProperty("sessionId").GetGuid());
        await AssertSignedInAsync(second);

        await AssertProblemAsync(await RefreshAsync(first), HttpStatusCode.Unauthorized, "session_ended");
        await AssertProblemAsync(await RefreshAsync(second), HttpStatusCode.Unauthorized, "session_ended");
        await AssertRefusedSoonAsync(second);
        await AssertProblemAsync(
            await PostAsync("auth/refresh", new { refreshToken = "made up" }),
            HttpStatusCode.Unauthorized,
            "session_ended"
        );
    }

    [Fact]
    public async Task A_session_is_refreshed_ten_times_a_minute_and_the_token_that_was_refused_is_good_later()
    {
        var session = await SignInAsync(await SignUpAsync());
        // The sign-in made the first token of the minute.
        for (var i = 0; i < 9; i++)
            session = await ReadAsync(await RefreshAsync(session));
        using var refused = await RefreshAsync(session);
        await AssertProblemAsync(refused, HttpStatusCode.TooManyRequests, "rate_limited");
        Assert.NotNull(refused.Headers.RetryAfter);
        await AssertSignedInAsync(session);
        await using var database = NpgsqlDataSource.Create(payflow.Database("accountsdb"));
        await using var age = database.CreateCommand(
            "update refresh_tokens set created_at = created_at - interval '1 minute' where session_id = $1"
        );
        age.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = session.GetProperty("sessionId").GetGuid() });
        Assert.Equal(10, await age.ExecuteNonQueryAsync(Cancel));
        await ReadAsync(await RefreshAsync(session));
    }

    [Fact]
    public async Task Of_refreshes_at_once_one_wins()
    {
        var session = await SignInAsync(await SignUpAsync());
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => RefreshAsync(session)));
        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.OK);
        Assert.Equal(7, answers.Count(answer => answer.StatusCode == HttpStatusCode.Unauthorized));
    }

    [Fact]
    public async Task Sessions_are_listed_and_ended_here_and_elsewhere_by_their_owner_only()
    {
        var email = await SignUpAsync();
        var (phone, laptop, stranger) = (
            await SignInAsync(email),
            await SignInAsync(email),
            await SignInAsync(await SignUpAsync())
        );
        var list = (await ReadAsync(await AskAsync(HttpMethod.Get, "auth/sessions", laptop)))
            .GetProperty("items")
            .EnumerateArray()
            .ToList();
        Assert.Equal(2, list.Count);
        Assert.Equal(
            laptop.GetProperty("sessionId").GetGuid(),
            list.Single(item => item.GetProperty("current").GetBoolean()).GetProperty("id").GetGuid()
        );

        var path = $"auth/sessions/{phone.GetProperty("sessionId").GetGuid()}";
        await AssertProblemAsync(
            await AskAsync(HttpMethod.Delete, path, stranger),
            HttpStatusCode.NotFound,
            "session_not_found"
        );
        await AssertProblemAsync(
            await new Wallet(payflow).SendAsync(HttpMethod.Delete, path, RunningPayFlow.Nobody),
            HttpStatusCode.Unauthorized,
            "unauthorized"
        );
        Assert.Equal(HttpStatusCode.NoContent, (await AskAsync(HttpMethod.Delete, path, laptop)).StatusCode);
        await AssertProblemAsync(
            await AskAsync(HttpMethod.Delete, path, laptop),
            HttpStatusCode.NotFound,
            "session_not_found"
        );
        await AssertRefusedSoonAsync(phone);
        await AssertProblemAsync(await RefreshAsync(phone), HttpStatusCode.Unauthorized, "session_ended");

        await AssertSignedInAsync(laptop);
        Assert.Equal(HttpStatusCode.NoContent, (await AskAsync(HttpMethod.Post, "auth/sign-out", laptop)).StatusCode);
        await AssertRefusedSoonAsync(laptop);
        await AssertSignedInAsync(stranger);
    }

    [Fact]
    public async Task The_web_wallet_gets_tokens_for_a_live_session_and_others_learn_what_was_revoked()
    {
        const string Key = "what the browser's cookie holds";
        var session = await SignInWithKeyAsync(await SignUpAsync(), Key);
        var id = session.GetProperty("sessionId").GetGuid();
        var path = $"/internal/sessions/{id}/token";
        var stranger = await payflow.Accounts.PostAsync(new Uri(path, UriKind.Relative), null, Cancel);
        await AssertProblemAsync(stranger, HttpStatusCode.Unauthorized, "unauthorized");
        await AssertSignedInAsync(await ReadAsync(await InternalAsync(HttpMethod.Post, path, new { key = Key })));
        Assert.Equal(HttpStatusCode.OK, (await RefreshAsync(session)).StatusCode);

        await AskAsync(HttpMethod.Post, "auth/sign-out", session);
        var late = await InternalAsync(HttpMethod.Post, path, new { key = Key });
        await AssertProblemAsync(late, HttpStatusCode.NotFound, "session_not_found");
        var revoked = await ReadAsync(await InternalAsync(HttpMethod.Get, "/internal/sessions/revoked"));
        var mine = revoked.EnumerateArray().Single(item => item.GetProperty("sessionId").GetGuid() == id);
        Assert.InRange(
            mine.GetProperty("tokensEndAt").GetDateTimeOffset(),
            TimeProvider.System.GetUtcNow() + RunningPayFlow.TokenLifetime - TimeSpan.FromMinutes(1),
            TimeProvider.System.GetUtcNow() + RunningPayFlow.TokenLifetime + TimeSpan.FromMinutes(2)
        );
    }

    [Fact]
    public async Task A_session_s_id_alone_opens_nothing()
    {
        var email = await SignUpAsync();
        const string Key = "of one browser";
        var browser = await SignInWithKeyAsync(email, Key);
        var client = await SignInAsync(email);
        var hash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Key)));
        object?[] shown = [new { key = "of another browser" }, new { key = "" }, new { key = hash }, new { }, null];
        foreach (var session in new[] { browser, client })
        {
            var path = $"/internal/sessions/{session.GetProperty("sessionId").GetGuid()}/token";
            foreach (var body in shown)
            {
                using var answer = await InternalAsync(HttpMethod.Post, path, body);
                Assert.InRange((int)answer.StatusCode, 400, 499);
            }

            // The finding: what the mail sender holds, or Transactions, is no key to anybody's session.
            foreach (var caller in new[] { "transactions", "notifications" })
            {
                var refused = await InternalAsync(HttpMethod.Post, path, new { key = Key }, caller);
                await AssertProblemAsync(refused, HttpStatusCode.Forbidden, "forbidden");
            }
        }

        var tooShort = await PostAsync(
            "auth/sign-in",
            new
            {
                email,
                password = Password,
                sessionKeyHash = "c2hvcnQ=",
            }
        );
        Assert.Equal(HttpStatusCode.BadRequest, tooShort.StatusCode);
        Assert.DoesNotContain(Key, browser.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_secret_of_a_person_stands_in_the_database_or_the_log_as_it_is()
    {
        var email = await SignUpAsync();
        var session = await SignInAsync(email);
        await using var source = NpgsqlDataSource.Create(payflow.Database("accountsdb"));
        await using var command = source.CreateCommand(
            """
            select (select count(*) from refresh_tokens where length(hash) <> 32)
              + (select count(*) from users
                 where password_hash not like '$2_$04$%' and email not like '%@payflow.example')
            """
        );
        Assert.Equal(0L, await command.ExecuteScalarAsync(Cancel));
        foreach (
            var secret in new[]
            {
                Password,
                session.GetProperty("refreshToken").GetString()!,
                session.GetProperty("accessToken").GetString()!,
                email,
            }
        )
        {
            Assert.DoesNotContain(secret, payflow.Log, StringComparison.OrdinalIgnoreCase);
        }
    }

    private async Task<string> SignUpAsync()
    {
        var name = "t" + NewKey();
        using var answer = await PostAsync(
            "auth/sign-up",
            new
            {
                email = $"{name}@test.example",
                password = Password,
                name = "Test Person",
                handle = name,
            }
        );
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return $"{name}@test.example";
    }

    /// <summary>
    /// Tries until it is heard, for two minutes at most: on a busy machine more than can be hashed soon is turned away
    /// for as long as the answer says. Whoever came again at once would only keep the machine busy.
    /// </summary>
    /// <param name="address">Where it comes from: a proxy on this machine is believed.</param>
    private async Task<HttpResponseMessage> InsistAsync(string email, string password, string? address = null)
    {
        for (var left = TimeSpan.FromMinutes(2); ; )
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/auth/sign-in")
            {
                Content = JsonContent.Create(new { email, password }),
            };
            if (address is not null)
                request.Headers.Add("X-Forwarded-For", address);
            var answer = await payflow.Accounts.SendAsync(request, Cancel);
            if (answer.StatusCode != HttpStatusCode.TooManyRequests || left < TimeSpan.Zero)
                return answer;
            var pause = answer.Headers.RetryAfter!.Delta!.Value;
            answer.Dispose();
            using var later = new PeriodicTimer(pause);
            await later.WaitForNextTickAsync(Cancel);
            left -= pause;
        }
    }

    private Task<HttpResponseMessage> TryAsync(string email, string password) =>
        PostAsync("auth/sign-in", new { email, password });

    private async Task<JsonElement> SignInAsync(string email, string password = Password)
    {
        using var answer = await TryAsync(email, password);
        var body = await ReadAsync(answer);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, body.ToString());
        return body;
    }

    private Task<HttpResponseMessage> RefreshAsync(JsonElement session) =>
        PostAsync("auth/refresh", new { refreshToken = session.GetProperty("refreshToken").GetString() });

    private async Task AssertSignedInAsync(JsonElement session) =>
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(HttpMethod.Get, "auth/sessions", session)).StatusCode);

    private async Task AssertRefusedSoonAsync(JsonElement session)
    {
        var started = System.Diagnostics.Stopwatch.GetTimestamp();
        await EventuallyAsync(async () =>
            Assert.Equal(
                HttpStatusCode.Unauthorized,
                (await AskAsync(HttpMethod.Get, "auth/sessions", session)).StatusCode
            )
        );
        Assert.InRange(System.Diagnostics.Stopwatch.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(2));
    }

    private Task<HttpResponseMessage> PostAsync(string path, object body) =>
        payflow.Api.PostAsJsonAsync(path, body, Cancel);

    private async Task<HttpResponseMessage> AskAsync(HttpMethod method, string path, JsonElement session)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = new AuthenticationHeaderValue(
            "Bearer",
            session.GetProperty("accessToken").GetString()
        );
        return await payflow.Api.SendAsync(request, Cancel);
    }

    /// <summary>As the wallet does for a browser.</summary>
    private async Task<JsonElement> SignInWithKeyAsync(string email, string key)
    {
        var sessionKeyHash = SHA256.HashData(Encoding.UTF8.GetBytes(key));
        return await ReadAsync(
            await PostAsync(
                "auth/sign-in",
                new
                {
                    email,
                    password = Password,
                    sessionKeyHash,
                }
            )
        );
    }

    private async Task<HttpResponseMessage> InternalAsync(
        HttpMethod method,
        string path,
        object? body = null,
        string caller = "web"
    )
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
            request.Content = JsonContent.Create(body);
        request.Headers.Add("X-Service-Token", payflow.ServiceToken(caller, "accounts"));
        return await payflow.Accounts.SendAsync(request, Cancel);
    }

    private async Task<long> HashesAsync()
    {
        var metrics = await payflow.Accounts.GetStringAsync(new Uri("/metrics", UriKind.Relative), Cancel);
        var line = metrics
            .Split('\n')
            .Single(line => line.StartsWith("payflow_password_hashes_total", StringComparison.Ordinal));
        return long.Parse(line.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create(payflow.Database("accountsdb"));
        await using var command = source.CreateCommand(sql);
        Assert.Equal(1, await command.ExecuteNonQueryAsync(Cancel));
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage answer) =>
        JsonElement.Parse(await answer.Content.ReadAsStringAsync(Cancel));

    private static (JsonElement, JsonElement) Two(JsonElement body, string first, string second) =>
        (body.GetProperty(first), body.GetProperty(second));

    /// <summary>All that an answer says, but for its trace.</summary>
    private static string Told(JsonElement problem) =>
        string.Join(
            '|',
            problem.EnumerateObject().Where(member => member.Name != "traceId").Select(member => member.ToString())
        );
}
