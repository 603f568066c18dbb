using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using PayFlow.ServiceDefaults;
using PayFlow.ServiceDefaults.Http;
using PayFlow.Tests;
using PayFlow.Web.Gateway;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;

namespace PayFlow.Web.Tests;

/// <summary>The gateway on a real port, in front of services that tell what reached them.</summary>
public sealed class GatewayTests : IAsyncLifetime
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;
    private readonly List<WebApplication> _running = [];
    private readonly StringWriter _log = new(System.Globalization.CultureInfo.InvariantCulture);
    private readonly SemaphoreSlim _arrived = new(0);
    private readonly TaskCompletionSource _release = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private HttpClient _client = null!;

    public async ValueTask InitializeAsync() =>
        _client = await GatewayAsync(
            ("accounts", [await ServiceAsync("accounts")]),
            ("transactions", [await ServiceAsync("transactions")]),
            ("notifications", [await ServiceAsync("notifications")])
        );

    public async ValueTask DisposeAsync()
    {
        foreach (var app in _running)
            await app.DisposeAsync();
        await _log.DisposeAsync();
        _arrived.Dispose();
    }

    [Theory]
    [InlineData("/api/v1/accounts", "accounts /accounts")]
    [InlineData("/api/v1/accounts/1/balance?at=2026-01-01", "accounts /accounts/1/balance?at=2026-01-01")]
    [InlineData("/api/accounts/1", "accounts /accounts/1")]
    [InlineData("/api/v1/accounts/lookup?to=@neha", "accounts /accounts/lookup?to=@neha")]
    [InlineData("/api/v1/ledger/trial-balance", "accounts /ledger/trial-balance")]
    [InlineData("/api/ledger/trial-balance", "accounts /ledger/trial-balance")]
    [InlineData("/api/v1/accounts/1/top-ups", "transactions /accounts/1/top-ups")]
    [InlineData("/api/v1/accounts/1/withdrawals", "transactions /accounts/1/withdrawals")]
    [InlineData("/api/v1/transactions/account/1?limit=5", "transactions /transactions/account/1?limit=5")]
    [InlineData("/api/transactions", "transactions /transactions")]
    [InlineData("/api/v1/notifications?unread=true", "notifications /notifications?unread=true")]
    [InlineData("/api/notifications/1/read", "notifications /notifications/1/read")]
    [InlineData("/api/v1/auth/sign-in", "accounts /auth/sign-in")]
    [InlineData("/api/auth/sessions/1", "accounts /auth/sessions/1")]
    [InlineData("/api/v1/people?q=asha", "accounts /people?q=asha")]
    [InlineData("/.well-known/jwks.json", "accounts /.well-known/jwks.json")]
    [InlineData("/openapi/accounts/v1.json", "accounts /openapi/v1.json")]
    [InlineData("/openapi/transactions/v1.json", "transactions /openapi/v1.json")]
    [InlineData("/openapi/notifications/v1.json", "notifications /openapi/v1.json")]
    public async Task Every_path_reaches_the_service_that_owns_it(string path, string reached) =>
        Assert.Equal(reached + " HTTP/1.1", await _client.GetStringAsync(path, Cancel));

    [Theory]
    [InlineData("/api/v1/accounts/1")]
    [InlineData("/api/transactions")]
    [InlineData("/.well-known/jwks.json")]
    [InlineData("/openapi/accounts/v1.json")]
    [InlineData("/api/v1/nothing-here")]
    public async Task HEAD_is_answered_as_GET_without_the_body(string path)
    {
        using var whole = await _client.GetAsync(path, Cancel);
        using var request = new HttpRequestMessage(HttpMethod.Head, path);
        using var head = await _client.SendAsync(request, Cancel);
        Assert.Equal(
            (whole.StatusCode, whole.Content.Headers.ContentType, ""),
            (head.StatusCode, head.Content.Headers.ContentType, await head.Content.ReadAsStringAsync(Cancel))
        );
        // The connection is still good for the next request.
        Assert.Equal("accounts /accounts HTTP/1.1", await _client.GetStringAsync("/api/v1/accounts", Cancel));
    }

    [Theory]
    [InlineData(
        "/sign-in?returnUrl=%2Fsend",
        "text/html,application/xhtml+xml,*/*;q=0.8",
        "http",
        "https://127.0.0.1/sign-in?returnUrl=%2Fsend"
    )]
    [InlineData("/sign-in", "text/html", "https", null)]
    [InlineData("/api/v1/accounts", "text/html", "http", null)]
    [InlineData("/openapi/accounts/v1.json", "*/*", "http", null)]
    public async Task A_page_that_is_asked_for_without_TLS_leads_to_it(
        string path,
        string accept,
        string scheme,
        string? leads
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path)
        {
            Headers = { { "Accept", accept }, { "X-Forwarded-Proto", scheme } },
        };
        using var answer = await _client.SendAsync(request, Cancel);
        Assert.Equal(
            (leads is not null, leads),
            (answer.StatusCode == HttpStatusCode.TemporaryRedirect, answer.Headers.Location?.OriginalString)
        );
    }

    [Theory]
    [InlineData("/internal/accounts/resolve")]
    [InlineData("/api/internal/accounts/resolve")]
    [InlineData("/api/v1/internal/accounts/resolve")]
    [InlineData("/api/v1/accounts/..%2finternal")]
    [InlineData("/api/v1/accounts/..%2Finternal/accounts/resolve")]
    [InlineData("/api/v1/accounts/%2e%2e/internal/accounts/resolve")]
    [InlineData("/api/v1/accounts/%2e%2e%2finternal")]
    [InlineData("/api/v1/accounts/%252e%252e/internal")]
    [InlineData("/api/v1/accounts/..%252finternal")]
    [InlineData("/api/v1/accounts/..%5cinternal")]
    [InlineData("/api/v1/accounts/../../../internal/accounts/resolve")]
    [InlineData("/API/V1/ACCOUNTS/..%2fINTERNAL")]
    public async Task Nothing_internal_is_reachable_however_it_is_written(string path)
    {
        // Written to the socket as it stands: a client's URI class would tidy it up first.
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, _client.BaseAddress!.Port, Cancel);
        await using var stream = socket.GetStream();
        await stream.WriteAsync(
            System.Text.Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n"),
            Cancel
        );
        using var reader = new StreamReader(stream);
        var answer = await reader.ReadToEndAsync(Cancel);
        Assert.StartsWith("HTTP/1.1 404", answer, StringComparison.Ordinal);
        Assert.Contains("\"code\":\"not_found\"", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/api/unknown")]
    [InlineData("/api/v1/unknown/1")]
    [InlineData("/api")]
    [InlineData("/auth/sign-in")]
    [InlineData("/.well-known/openid-configuration")]
    public async Task What_is_unknown_is_a_problem_with_its_trace(string path)
    {
        using var answer = await _client.GetAsync(path, Cancel);
        await AssertProblemAsync(answer, HttpStatusCode.NotFound, "not_found");
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("text/html")]
    public async Task A_service_that_is_away_is_a_problem_and_never_an_empty_body(string accept)
    {
        var client = await GatewayAsync(("accounts", [DeadAddress()]));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/accounts");
        request.Headers.Accept.ParseAdd(accept);
        using var answer = await client.SendAsync(request, Cancel);
        await AssertProblemAsync(answer, HttpStatusCode.ServiceUnavailable, "unavailable");
        using var unconfigured = await client.GetAsync("/api/v1/transactions", Cancel);
        await AssertProblemAsync(unconfigured, HttpStatusCode.ServiceUnavailable, "unavailable");
    }

    [Fact]
    public async Task With_one_of_two_replicas_dead_every_request_is_answered_by_the_other()
    {
        var client = await GatewayAsync(("accounts", [DeadAddress(), await ServiceAsync("second")]));
        for (var i = 0; i < 20; i++)
        {
            using var answer = await client.PostAsJsonAsync("/api/v1/accounts", new { holderName = "Asha" }, Cancel);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal(
                "second /accounts HTTP/1.1 {\"holderName\":\"Asha\"}",
                await answer.Content.ReadAsStringAsync(Cancel)
            );
        }
    }

    [Fact]
    public void A_connection_is_made_anew_after_a_while_so_that_a_new_replica_gets_work()
    {
        // The gateway is the last that was started.
        using var client = _running[^1]
            .Services.GetRequiredService<IForwarderHttpClientFactory>()
            .CreateClient(
                new ForwarderHttpClientContext { ClusterId = "accounts", NewConfig = HttpClientConfig.Empty }
            );
        var handler = HandlerOf(client);
        while (handler is DelegatingHandler outer)
            handler = outer.InnerHandler!;
        Assert.Equal(TimeSpan.FromMinutes(2), Assert.IsType<SocketsHttpHandler>(handler).PooledConnectionLifetime);
    }

    [Fact]
    public async Task Both_of_two_live_replicas_get_work()
    {
        var client = await GatewayAsync(("accounts", [await ServiceAsync("first"), await ServiceAsync("second")]));
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < 60; i++)
            names.Add((await client.GetStringAsync("/api/v1/accounts", Cancel)).Split(' ')[0]);
        Assert.Equal(["first", "second"], names.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_services_own_token_cannot_come_from_outside()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/accounts");
        request.Headers.Add("X-Service-Token", "guess");
        using var answer = await _client.SendAsync(request, Cancel);
        Assert.False(answer.Headers.Contains("Token-Seen"));
    }

    [Theory]
    [InlineData("User-Agent")]
    [InlineData("X-Anything")]
    public async Task A_header_of_any_script_goes_on_as_it_came(string header)
    {
        using var client = new HttpClient(
            new SocketsHttpHandler { RequestHeaderEncodingSelector = (_, _) => System.Text.Encoding.UTF8 }
        )
        {
            BaseAddress = _client.BaseAddress,
        };
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/accounts/header/" + header);
        request.Headers.TryAddWithoutValidation(header, "Café/1.0 (ரூ)");
        using var answer = await client.SendAsync(request, Cancel);
        Assert.Equal("Café/1.0 (ரூ)", await answer.Content.ReadAsStringAsync(Cancel));
    }

    [Fact]
    public async Task A_refusal_of_a_service_comes_through_as_it_is()
    {
        using var answer = await _client.GetAsync("/api/v1/accounts/refused", Cancel);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Equal("{\"code\":\"limit_exceeded\"}", await answer.Content.ReadAsStringAsync(Cancel));
    }

    [Fact]
    public async Task Each_request_leaves_one_line_without_its_query_or_ids()
    {
        await _client.GetStringAsync($"/api/v1/accounts/{People.AshaId}/balance?at=secret", Cancel);
        await _running[^1].StopAsync(Cancel);
        var line = Assert.Single(_log.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains(" GET /api/v1/accounts/{id}/balance 200 ", line, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Requests_of_the_API_that_are_under_way_are_told_as_a_gauge_and_others_are_not_among_them()
    {
        var (meters, underWay) = (_running[^1].Services.GetRequiredService<IMeterFactory>(), -1);
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, l) =>
            {
                if (instrument.Meter.Scope == meters && instrument.Name == "payflow.api.requests_in_flight")
                    l.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<int>((_, value, _, _) => underWay = value);
        listener.Start();
        Assert.Equal(0, UnderWay());
        var (first, second) = (
            _client.GetStringAsync("/api/v1/accounts/held", Cancel),
            _client.GetStringAsync("/api/v1/accounts/held", Cancel)
        );
        await _arrived.WaitAsync(Cancel);
        await _arrived.WaitAsync(Cancel);
        Assert.Equal(2, UnderWay());
        _release.SetResult();
        await Task.WhenAll(first, second);
        // The client has its answer a moment before the gateway is done with it.
        await Eventually.HoldsAsync(() => UnderWay() == 0);
        Assert.Contains(
            "# TYPE payflow_api_requests_in_flight gauge",
            await _client.GetStringAsync("/metrics", Cancel),
            StringComparison.Ordinal
        );
        Assert.All(
            ["/metrics", "/health", "/alive", "/hubs/wallet", "/_blazor", "/", "/send"],
            path => Assert.False(Gateway.Gateway.IsGateways(path), path)
        );

        int UnderWay()
        {
            listener.RecordObservableInstruments();
            return underWay;
        }
    }

    [Theory]
    [InlineData("/metrics")]
    [InlineData("/METRICS/")]
    [InlineData("/health")]
    [InlineData("/alive")]
    public async Task What_is_said_to_Prometheus_and_Kubernetes_is_said_to_nobody_who_comes_through_a_proxy(string path)
    {
        using var direct = await _client.GetAsync(path, Cancel);
        Assert.Equal(HttpStatusCode.OK, direct.StatusCode);
        foreach (
            var (header, value) in new[]
            {
                ("X-Forwarded-For", "203.0.113.7"),
                ("X-Forwarded-Host", "wallet.example.org"),
                ("X-Forwarded-Proto", "https"),
                ("Forwarded", "for=203.0.113.7"),
            }
        )
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.Add(header, value);
            using var answer = await _client.SendAsync(request, Cancel);
            await AssertProblemAsync(answer, HttpStatusCode.NotFound, "not_found");
        }
    }

    private static async Task AssertProblemAsync(HttpResponseMessage answer, HttpStatusCode status, string code)
    {
        Assert.Equal(status, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        Assert.Equal($"urn:payflow:problem:{code}", problem.GetProperty("type").GetString());
        Assert.Equal(code, problem.GetProperty("code").GetString());
        Assert.False(string.IsNullOrEmpty(problem.GetProperty("traceId").GetString()));
    }

    private static string DeadAddress()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_handler")]
    private static extern ref HttpMessageHandler HandlerOf(HttpMessageInvoker client);

    private async Task<HttpClient> GatewayAsync(params (string Service, string[] Addresses)[] services)
    {
        // As behind an Ingress: what it says of a request is read, and taken away, before anything of ours.
        var builder = WebApplication.CreateBuilder(
            new WebApplicationOptions { ApplicationName = "PayFlow.Web", Args = ["--ForwardedHeaders_Enabled=true"] }
        );
        builder.Configuration.AddInMemoryCollection(
            services.SelectMany(service =>
                service.Addresses.Select(
                    (address, index) =>
                        KeyValuePair.Create($"services:{service.Service}:http:{index}", (string?)address)
                )
            )
        );
        builder.AddServiceDefaults();
        builder.AddHeadRequests();
        builder.AddGateway();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(provider => new RequestLog(
            provider.GetRequiredService<IMeterFactory>(),
            TimeProvider.System,
            _log,
            1000
        ));
        builder.Configuration["urls"] = "http://127.0.0.1:0";
        var app = builder.Build();
        app.Use(OwnTraces.LinkAsync);
        app.UseRouting();
        app.UseSecurityHeaders();
        app.MapDefaultEndpoints();
        app.UseGateway();
        app.MapGateway();
        return new HttpClient(new HttpClientHandler { AllowAutoRedirect = false })
        {
            BaseAddress = new Uri(await StartAsync(app)),
        };
    }

    private async Task<string> ServiceAsync(string name)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration["urls"] = "http://127.0.0.1:0";
        var app = builder.Build();
        app.Map(
            "/accounts/refused",
            () => Results.Text("{\"code\":\"limit_exceeded\"}", "application/problem+json", statusCode: 422)
        );
        app.Map("/accounts/header/{name}", (string name, HttpRequest request) => request.Headers[name].ToString());
        app.Map(
            "/accounts/held",
            async () =>
            {
                _arrived.Release();
                await _release.Task.WaitAsync(Cancel);
            }
        );
        app.MapFallback(
            "/{**path}",
            async (HttpContext context) =>
            {
                if (context.Request.Headers.ContainsKey("X-Service-Token"))
                    context.Response.Headers["Token-Seen"] = "yes";
                using var body = new StreamReader(context.Request.Body);
                var text =
                    $"{name} {context.Request.Path}{context.Request.QueryString} {context.Request.Protocol}"
                    + $" {await body.ReadToEndAsync(Cancel)}".TrimEnd();
                return Results.Text(text);
            }
        );
        return await StartAsync(app);
    }

    private async Task<string> StartAsync(WebApplication app)
    {
        _running.Add(app);
        await app.StartAsync(Cancel);
        return app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
    }
}
