using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.IdentityModel.JsonWebTokens;
using PayFlow.ServiceDefaults.Http;

namespace PayFlow.EndToEnd.Tests;

/// <summary>
/// I8: docs/access.md says who may do what, and every route of the running services is called with every caller to see
/// that it is so. A route that the page does not name fails, and so does an answer that the API's document does not
/// declare.
/// </summary>
public sealed partial class AccessTableTests(OnInMemoryKafka payflow) : IClassFixture<SharedInMemoryKafka>
{
    private const string Password = "payflow-demo-1";

    private readonly Wallet _wallet = new(payflow);

    private ExampleBodies? _bodies;
    private DocumentedAnswers? _documented;

    /// <summary>What exists and belongs to the owner.</summary>
    private sealed record Owned(
        Person Owner,
        Person Other,
        Guid Transaction,
        Guid Received,
        Guid Hold,
        Guid Notification,
        Guid Adjustment,
        Guid Request
    );

    private sealed record Asking(string Name, string? Email, string Password, AuthenticationHeaderValue? Token);

    [Fact]
    public async Task Every_route_answers_every_caller_as_the_table_says()
    {
        var table = AccessPage.Read();
        _bodies = await ExampleBodies.ReadAsync(payflow.Api);
        _documented = await DocumentedAnswers.ReadAsync(payflow.Api);
        var owned = await PrepareAsync();
        var callers = await CallersAsync(owned.Owner);
        var wrong = new List<string>();
        foreach (var service in ApiDocuments.Services)
        {
            foreach (var route in await RoutesAsync(service))
            {
                if (!table.TryGetValue(route, out var expected))
                {
                    wrong.Add($"{route} has no line");
                    continue;
                }

                foreach (var caller in callers)
                {
                    await CompareAsync(
                        $"{caller.Name}: {route}",
                        expected[caller.Name],
                        Client(service),
                        await RequestAsync(route, owned, caller),
                        wrong
                    );
                    if (Prefix(route) is { } prefix)
                        await CompareAsync(
                            $"{caller.Name} through the gateway: {route}",
                            expected[caller.Name],
                            payflow.Api,
                            await RequestAsync(route, owned, caller, prefix),
                            wrong
                        );
                }
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public async Task Every_internal_route_answers_the_services_that_the_table_names_and_no_other()
    {
        var table = AccessPage.Read("Internal route");
        _bodies = await ExampleBodies.ReadAsync(payflow.Api);
        var owned = await PrepareAsync();
        var wrong = new List<string>();
        foreach (var service in ApiDocuments.Services)
        {
            foreach (var (route, callers) in await CallersAsync(service))
            {
                if (!route.Contains(" /internal/", StringComparison.Ordinal))
                    continue;
                if (route == "GET /internal/endpoints")
                    continue;
                if (callers.Count == 0)
                    wrong.Add($"{route} names nobody who may call it");
                if (!table.TryGetValue(route, out var expected))
                {
                    wrong.Add($"{route} has no line");
                    continue;
                }

                foreach (var caller in expected.Keys)
                {
                    var names = callers.Contains(caller, StringComparer.Ordinal);
                    if (names != (expected[caller] == "ok"))
                        wrong.Add($"{route} for {caller}: {names}");
                    // A pair that has no token has no way to ask at all.
                    if (TokenOf(caller, service) is not { } token)
                        continue;
                    using var request = await RequestAsync(route, owned, new Asking(caller, null, "", null));
                    request.Headers.Add(ServiceToken.Header, token);
                    using var answer = await Client(service).SendAsync(request, TestContext.Current.CancellationToken);
                    var isRefused = answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden;
                    if (names == isRefused)
                        wrong.Add($"{caller}: {route}: {answer.StatusCode.ToString()}");
                }
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));

        string? TokenOf(string caller, string called) =>
            payflow.ServiceTokens(called).FirstOrDefault(token => token.Name == "ServiceTokens__From__" + caller).Value;
    }

    [Fact]
    public async Task No_token_of_a_pair_opens_a_third_service()
    {
        foreach (var caller in new[] { "web", "accounts", "transactions" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/internal/sessions/revoked");
            request.Headers.Add(ServiceToken.Header, payflow.ServiceToken(caller, "notifications"));
            using var answer = await payflow.Accounts.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        }
    }

    [Fact]
    public async Task Every_operation_that_reads_a_body_shows_one() =>
        Assert.Empty((await ExampleBodies.ReadAsync(payflow.Api)).Missing);

    [Fact]
    public async Task No_line_is_about_a_route_that_is_gone()
    {
        var routes = new HashSet<string>(StringComparer.Ordinal);
        foreach (var service in ApiDocuments.Services)
            routes.UnionWith(await RoutesAsync(service));
        Assert.Empty(AccessPage.Read().Keys.Except(routes, StringComparer.Ordinal));
        Assert.Empty(AccessPage.Read("Internal route").Keys.Except(routes, StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_documents_list_what_the_gateway_serves_and_nothing_else()
    {
        foreach (var service in ApiDocuments.Services)
        {
            var document = await ApiDocuments.ReadAsync(payflow.Api, service);
            var listed = ApiDocuments
                .Operations(document)
                .Select(operation => ApiDocuments.Route(operation.Path, operation.Method));
            var served = (await RoutesAsync(service)).Where(route => Prefix(route) is not null);
            Assert.Equal(served.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
            // Made from it, a client asks the gateway that it came from, and no address that a request has named.
            var server = Assert.Single(document.GetProperty("servers").EnumerateArray());
            Assert.Equal("/api/v1", server.GetProperty("url").GetString());
            Assert.DoesNotContain("localhost", document.ToString(), StringComparison.Ordinal);
        }
    }

    /// <summary>
    /// Where the gateway serves a route; null for what only those reach who reach the services themselves.
    /// </summary>
    private static string? Prefix(string route) =>
        Unserved().IsMatch(route) ? null
        : route.Contains("/.well-known/", StringComparison.Ordinal) ? ""
        : "/api/v1";

    private async Task<Owned> PrepareAsync()
    {
        var (owner, other) = (await _wallet.OpenAsync("100.00"), await _wallet.OpenAsync());
        var transaction = (await _wallet.PayAsync(owner, other.Account, "1.00")).GetProperty("id").GetGuid();
        var received = (await _wallet.PayAsync(other, owner.Account, "0.90")).GetProperty("id").GetGuid();
        var hold = (await _wallet.HoldAsync(other, owner.Account, "0.05")).GetProperty("id").GetGuid();
        Guid notification = default;
        await Wallet.EventuallyAsync(async () =>
            notification = Assert
                .Single(
                    await _wallet.NotificationsAsync(owner),
                    note => note.GetProperty("kind").GetString() == "money_sent"
                )
                .GetProperty("id")
                .GetGuid()
        );
        // More than one admin may post alone, asked for by another admin than the one who will decide.
        var proposal = await Wallet.ReadAsync(
            await _wallet.AdjustAsync(owner, "20000000.00", token: await _wallet.AnotherAdminAsync()),
            HttpStatusCode.Accepted
        );
        var ask = JsonContent.Create(new { roles = new[] { "customer", "admin" }, reason = "test" });
        // About somebody that asks for nothing here, since it is approved.
        var path = $"people/{new JsonWebToken(other.Token.Parameter).Subject}/roles";
        var asked = await Wallet.ReadAsync(
            await _wallet.SendAsync(HttpMethod.Put, path, await _wallet.AnotherAdminAsync(), ask),
            HttpStatusCode.Accepted
        );
        return new Owned(
            owner,
            other,
            transaction,
            received,
            hold,
            notification,
            proposal.GetProperty("id").GetGuid(),
            asked.GetProperty("id").GetGuid()
        );
    }

    private async Task<List<Asking>> CallersAsync(Person owner)
    {
        var stranger = await _wallet.OpenAsync();
        return
        [
            new("nobody", null, "", null),
            new("stranger", stranger.Email, Wallet.Password, stranger.Token),
            await SampleAsync("merchant", "chaipoint@payflow.example"),
            new("owner", owner.Email, Wallet.Password, owner.Token),
            await SampleAsync("support", "support@payflow.example"),
            await SampleAsync("auditor", "auditor@payflow.example"),
            await SampleAsync("admin", "admin@payflow.example"),
        ];

        async Task<Asking> SampleAsync(string name, string email) =>
            new(name, email, Password, await payflow.SignInAsync(email, Password));
    }

    private HttpClient Client(string service) =>
        service switch
        {
            "accounts" => payflow.Accounts,
            "transactions" => payflow.Transactions,
            _ => payflow.Notifications,
        };

    private async Task<IReadOnlyCollection<string>> RoutesAsync(string service) => (await CallersAsync(service)).Keys;

    /// <summary>The routes of a service, and which services may call each of the internal ones.</summary>
    private async Task<Dictionary<string, List<string>>> CallersAsync(string service) =>
        (
            await Client(service)
                .GetFromJsonAsync<Dictionary<string, List<string>>>(
                    new Uri("/internal/endpoints", UriKind.Relative),
                    TestContext.Current.CancellationToken
                )
        )!;

    private async Task CompareAsync(
        string what,
        string expected,
        HttpClient client,
        HttpRequestMessage request,
        List<string> wrong
    )
    {
        using (request)
        {
            using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
            var refusal = (int)answer.StatusCode is 401 or 403 or 404
                ? ((int)answer.StatusCode).ToString(CultureInfo.InvariantCulture)
                : "ok";
            // A parked message and the like that is not there is the request's own matter, once the caller was let in.
            if (
                expected == "ok"
                && refusal == "404"
                && (
                    what.Contains("/parked/", StringComparison.Ordinal)
                    || what.Contains("/reconciliation/", StringComparison.Ordinal)
                )
            )
                refusal = "ok";
            var route = what[(what.IndexOf(": ", StringComparison.Ordinal) + 2)..];
            if (_documented is not null && await _documented.ObjectionAsync(route, answer) is { } objection)
                wrong.Add($"{what}: the document does not say that {objection}");
            if ((int)answer.StatusCode >= 500)
                refusal = ((int)answer.StatusCode).ToString(CultureInfo.InvariantCulture);
            if (refusal != expected)
                wrong.Add($"{what}: {refusal} instead of {expected}");
        }
    }

    /// <summary>The request that the route takes, about what the owner has.</summary>
    private async Task<HttpRequestMessage> RequestAsync(string route, Owned owned, Asking caller, string prefix = "")
    {
        var (method, pattern) = (
            route[..route.IndexOf(' ', StringComparison.Ordinal)],
            route[(route.IndexOf(' ', StringComparison.Ordinal) + 1)..]
        );
        var id = pattern switch
        {
            "/transactions/{id}/refunds" => owned.Received,
            _ when pattern.StartsWith("/holds/{id}", StringComparison.Ordinal) => owned.Hold,
            _ when pattern.StartsWith("/transactions/{id}", StringComparison.Ordinal) => owned.Transaction,
            _ when pattern.StartsWith("/notifications/{id}", StringComparison.Ordinal) => owned.Notification,
            _ when pattern.StartsWith("/people/requests/", StringComparison.Ordinal) => owned.Request,
            _ when pattern.StartsWith("/people/", StringComparison.Ordinal) => Guid.Parse(
                new JsonWebToken(owned.Owner.Token.Parameter).Subject
            ),
            _ when pattern.StartsWith("/adjustments/", StringComparison.Ordinal) => owned.Adjustment,
            // One that may be ended, each time.
            "/auth/sessions/{id}" => SessionOf(await payflow.SignInAsync(owned.Owner.Email, Wallet.Password)),
            _ => owned.Owner.Account,
        };
        var path =
            prefix
            + pattern
                .Replace("{number}", owned.Owner.Number, StringComparison.Ordinal)
                .Replace("{accountId}", owned.Owner.Account.ToString(), StringComparison.Ordinal)
                .Replace("{documentName}", "v1", StringComparison.Ordinal)
                .Replace("{id}", id.ToString(), StringComparison.Ordinal);
        var query = route switch
        {
            "GET /accounts/lookup" or "GET /internal/accounts/resolve" => "?currency=INR&to=" + owned.Owner.Number,
            "GET /notifications" => "?recipient=" + owned.Owner.Owner,
            "GET /internal/audit/heads" => "?service=accounts",
            "GET /internal/ledger/transactions" => $"?after={Guid.Empty}&through={Guid.AllBitsSet}&limit=1",
            "GET /internal/ledger/decided" =>
                $"?from=2026-01-01T00:00:00Z&after={Guid.Empty}&until=2026-01-02T00:00:00Z&limit=1",
            _ => "",
        };
        var body = IsBodiless(route) ? null : _bodies!.For(route, owned.Owner.Account);
        // Everybody pays one whom the owner has paid, so that nothing has to be confirmed.
        if (body is JsonObject fields && fields.ContainsKey("toAccount"))
            fields["toAccount"] = owned.Other.Account.ToString();
        if (method is "POST" or "PUT")
            body ??= new JsonObject();
        var request = new HttpRequestMessage(new HttpMethod(method), path + query)
        {
            Content = body is null ? null : JsonContent.Create(body),
        };
        // Signing out must not end what the next call asks with.
        request.Headers.Authorization =
            route == "POST /auth/sign-out" && caller.Email is not null
                ? await payflow.SignInAsync(caller.Email, caller.Password)
                : caller.Token ?? RunningPayFlow.Nobody;
        if (body is not null)
            request.Headers.Add("Idempotency-Key", Wallet.NewKey());
        return request;
    }

    /// <summary>These are called with nothing, so that the owner's sign-in, roles and tier stay as they are.</summary>
    private static bool IsBodiless(string route) =>
        route.Contains(" /people/", StringComparison.Ordinal)
        || (route.Contains(" /auth/", StringComparison.Ordinal) && route != "POST /auth/confirm");

    private static Guid SessionOf(AuthenticationHeaderValue token) =>
        Guid.Parse(new JsonWebToken(token.Parameter).GetClaim("sid").Value);

    [GeneratedRegex(
        "^[A-Z]+ /(health|alive|metrics|openapi|internal)\\b",
        RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking
    )]
    private static partial Regex Unserved();
}
