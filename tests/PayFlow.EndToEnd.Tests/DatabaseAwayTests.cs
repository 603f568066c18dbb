using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Npgsql;
using PayFlow.ServiceDefaults.Http;
using PayFlow.ServiceDefaults.Identifiers;

namespace PayFlow.EndToEnd.Tests;

/// <summary>
/// While PostgreSQL is away every route of every service answers 503 with Retry-After and logs one line; and the first
/// request after it is back is answered. The routes are those that the service itself lists: a new one is asked too.
/// </summary>
public sealed class DatabaseAwayTests(OnInMemoryKafka payflow) : IClassFixture<SharedInMemoryKafka>
{
    private const string Asha = "00000000-0000-7000-8001-000000000001";

    /// <summary>They need no database.</summary>
    private static readonly string[] Independent =
    [
        "GET /health",
        "GET /alive",
        "GET /metrics",
        "GET /openapi/{documentName}.json",
        "GET /internal/endpoints",
        "GET /internal/mail",
        "GET /.well-known/jwks.json",
    ];

    private ExampleBodies? _bodies;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Accounts")]
    [InlineData("Transactions")]
    [InlineData("Notifications")]
    public async Task Every_route_is_unavailable_while_the_database_is_away_and_answers_at_once_when_it_is_back(
        string service
    )
    {
        _bodies = await ExampleBodies.ReadAsync(payflow.Api);
        var alone = new ServiceAlone(payflow, service);
        await alone.CreateDatabaseAsync();
        var real = new NpgsqlConnectionStringBuilder(alone.Own);
        using var relay = new DatabaseRelay(real.Host!, real.Port);
        relay.Open();
        var log = new ConcurrentQueue<string>();
        (string, string)[] settings =
        [
            ("ASPNETCORE_ENVIRONMENT", "Development"),
            ("Access__TokenLifetime", RunningPayFlow.TokenLifetime.ToString()),
            (
                $"ConnectionStrings__{service.ToLowerInvariant()}db",
                new NpgsqlConnectionStringBuilder(alone.Own) { Host = "127.0.0.1", Port = relay.Port }.ConnectionString
            ),
            ("services__notifications__http__0", payflow.Part("notifications").GetProperty("url").GetString()!),
            // Its record is empty and the ledger is the running product's, so differences are expected.
            ("Logging__LogLevel__PayFlow.Transactions.Reconciliation", "None"),
        ];
        await alone.RunAsync(
            settings,
            async http =>
            {
                var token =
                    service == "Accounts" ? await SignInAsync(http) : payflow.Api.DefaultRequestHeaders.Authorization!;
                var routes = (await RoutesAsync(http))
                    .Except(Independent, StringComparer.Ordinal)
                    .OrderBy(route => route == "POST /auth/sign-out")
                    .ToList();
                Assert.NotEmpty(routes);
                // From then on both pools have connections, and Transactions knows the account without asking Accounts.
                foreach (var route in routes.Where(IsRead))
                    await Wallet.EventuallyAsync(async () =>
                        Assert.Equal((route, false), (route, await IsFailureAsync(http, route, token)))
                    );

                relay.Close();
                var before = Said(log);
                var wrong = new List<string>();
                foreach (var route in routes)
                {
                    using var answer = await SendAsync(http, route, token);
                    var problem = await answer.Content.ReadAsStringAsync(Cancel);
                    if (
                        (int)answer.StatusCode != 503
                        || answer.Headers.RetryAfter is null
                        || !problem.Contains("\"unavailable\"", StringComparison.Ordinal)
                    )
                        wrong.Add($"{route}: {(int)answer.StatusCode} {problem}");
                }

                Assert.True(wrong.Count == 0, string.Join('\n', wrong));
                // At most: what a service answers by itself is no exception.
                Assert.InRange(Said(log) - before, 1, routes.Count);
                Assert.DoesNotContain(
                    log,
                    line =>
                        line.StartsWith("   at ", StringComparison.Ordinal)
                        || line.StartsWith("fail:", StringComparison.Ordinal)
                );

                relay.Open();
                foreach (var route in routes.Where(route => route != "POST /auth/sign-out"))
                    Assert.Equal((route, false), (route, await IsFailureAsync(http, route, token)));

                // A restart that nobody noticed: the first read finds a connection that has ended.
                foreach (var route in routes.Where(IsRead))
                {
                    relay.Sever();
                    Assert.Equal((route, false), (route, await IsFailureAsync(http, route, token)));
                }

                // A moment later a write finds none of them either.
                foreach (var route in routes.Where(route => !IsRead(route)))
                {
                    await using var admin = NpgsqlDataSource.Create(payflow.Database("postgres"));
                    var cut = await ScalarAsync<DateTime>(admin, "select clock_timestamp()::timestamp");
                    relay.Sever();
                    // The service's own session is there again.
                    await Wallet.EventuallyAsync(async () =>
                        Assert.True(
                            await ScalarAsync<bool>(
                                admin,
                                $"""
                                select exists (select from pg_stat_activity
                                  where datname = '{real.Database}' and query = 'select clock_timestamp()'
                                  and state = 'idle' and backend_start::timestamp > '{cut:O}')
                                """
                            )
                        )
                    );
                    Assert.Equal((route, false), (route, await IsFailureAsync(http, route, token)));
                }
            },
            log.Enqueue
        );
    }

    /// <summary>
    /// The document's example. Nobody signs up twice, and secrets are wrong, so that what was changed by one request
    /// refuses none of those after it.
    /// </summary>
    private JsonNode Body(string route)
    {
        var body = _bodies!.For(route) ?? new JsonObject();
        if (
            !route.Contains(" /auth/", StringComparison.Ordinal)
            || route is "POST /auth/sign-in" or "POST /auth/confirm"
        )
            return body;
        var fields = body.AsObject();
        foreach (var (name, other) in Others())
        {
            if (fields.ContainsKey(name))
                fields[name] = other;
        }

        return body;
    }

    private static Dictionary<string, string> Others() =>
        new(StringComparer.Ordinal)
        {
            ["email"] = $"{Wallet.NewKey()}@example.org",
            ["handle"] = Unknown(),
            ["currentPassword"] = "payflow-demo-2",
            ["password"] = "payflow-demo-2",
            ["currentPin"] = "1111",
        };

    private static async Task<T> ScalarAsync<T>(NpgsqlDataSource database, string sql)
    {
        await using var read = database.CreateCommand(sql);
        return (T)(await read.ExecuteScalarAsync(Cancel))!;
    }

    private static bool IsRead(string route) => route.StartsWith("GET ", StringComparison.Ordinal);

    private static int Said(ConcurrentQueue<string> log) =>
        log.Count(line => line.Contains("was answered with 503", StringComparison.Ordinal));

    /// <summary>The sample admin, as soon as there is one.</summary>
    private static async Task<AuthenticationHeaderValue> SignInAsync(HttpClient http)
    {
        AuthenticationHeaderValue? token = null;
        await Wallet.EventuallyAsync(async () =>
        {
            using var answer = await http.PostAsJsonAsync(
                "/auth/sign-in",
                new { email = "admin@payflow.example", password = "payflow-demo-1" },
                Cancel
            );
            token = new AuthenticationHeaderValue(
                "Bearer",
                (await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>(Cancel))
                    .GetProperty("accessToken")
                    .GetString()
            );
        });
        return token!;
    }

    private static async Task<List<string>> RoutesAsync(HttpClient http) =>
        [
            .. (
                await http.GetFromJsonAsync<Dictionary<string, List<string>>>(
                    new Uri("/internal/endpoints", UriKind.Relative),
                    Cancel
                )
            )!.Keys,
        ];

    /// <summary>A token that the route takes.</summary>
    private string TokenFor(string route) =>
        route switch
        {
            "POST /internal/sessions/{id}/token" => payflow.ServiceToken("web", "accounts"),
            "GET /internal/mail" => payflow.ServiceToken("web", "notifications"),
            "GET /internal/audit/heads" => payflow.ServiceToken("accounts", "notifications"),
            _ => payflow.ServiceToken("transactions", "accounts"),
        };

    private async Task<bool> IsFailureAsync(HttpClient http, string route, AuthenticationHeaderValue token)
    {
        using var answer = await SendAsync(http, route, token);
        return (int)answer.StatusCode >= 500;
    }

    /// <summary>A handle that is in no cache.</summary>
    private static string Unknown() => string.Create(CultureInfo.InvariantCulture, $"h{Random.Shared.NextInt64():x}");

    /// <summary>A request that is right by itself, so that only the database can refuse it.</summary>
    private async Task<HttpResponseMessage> SendAsync(HttpClient http, string route, AuthenticationHeaderValue token)
    {
        var (method, pattern) = (
            route[..route.IndexOf(' ', StringComparison.Ordinal)],
            route[(route.IndexOf(' ', StringComparison.Ordinal) + 1)..]
        );
        var path = pattern
            .Replace("{accountId}", Asha, StringComparison.Ordinal)
            .Replace("{number}", AccountNumber.NewRandom().Digits, StringComparison.Ordinal)
            .Replace("{id}", Asha, StringComparison.Ordinal);
        var query = route switch
        {
            "GET /accounts/lookup" or "GET /internal/accounts/resolve" => "?currency=INR&to=@" + Unknown(),
            "GET /accounts/{id}/balance" => "?at="
                + Uri.EscapeDataString(TimeProvider.System.GetUtcNow().AddSeconds(-30).ToString("O")),
            "GET /internal/audit/heads" => "?service=accounts",
            "GET /internal/ledger/transactions" => $"?after={Guid.Empty}&through={Guid.AllBitsSet}&limit=1",
            "GET /internal/ledger/decided" =>
                $"?from=2026-01-01T00:00:00Z&after={Guid.Empty}&until=2026-01-02T00:00:00Z&limit=1",
            "GET /notifications" => "?recipient=" + Asha,
            _ => "",
        };
        using var request = new HttpRequestMessage(new HttpMethod(method), path + query)
        {
            Content = method is "POST" or "PUT" ? JsonContent.Create(Body(route)) : null,
        };
        var isInternal = pattern.StartsWith("/internal/", StringComparison.Ordinal);
        if (isInternal)
            request.Headers.Add(ServiceToken.Header, TokenFor(route));
        else
            request.Headers.Authorization = token;
        if (request.Content is not null)
            request.Headers.Add(IdempotencyKey.Header, Wallet.NewKey());
        return await http.SendAsync(request, Cancel);
    }
}
