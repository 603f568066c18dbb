using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using PayFlow.AppHost.Embedded;
using PayFlow.Tests;

namespace PayFlow.AppHost.Tests;

/// <summary>The real dashboard, started by --dashboard, and what the option refuses.</summary>
public sealed class DashboardTests : IDisposable
{
    /// <summary>
    /// Tells what never comes from what is slow: each batch of telemetry waits a second before it is sent.
    /// </summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(2);

    private static readonly string[] Services = ["accounts", "notifications", "transactions", "web"];

    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task One_payment_is_one_trace_through_all_four_services_and_the_ready_line_links_to_it()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Finding every process of a run reads /proc.");
        var ports = Ports.FreeInARow(5);
        await using var payflow = new RunningAppHost(_temp["data"], ports, "--dashboard");
        await payflow.IsReadyAsync();
        var link = new Uri(
            payflow
                .Log.Split(
                    "PayFlow is ready: http://localhost:"
                        + ports.ToString(CultureInfo.InvariantCulture)
                        + ", its dashboard: "
                )[1]
                .Split('\n')[0]
                .Trim()
        );
        Assert.Equal((ports + 4, "/login"), (link.Port, link.AbsolutePath));

        using var dashboard = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false })
        {
            BaseAddress = link,
        };
        using (
            var closed = await dashboard.GetAsync(
                new Uri("/traces", UriKind.Relative),
                TestContext.Current.CancellationToken
            )
        )
            Assert.Equal(HttpStatusCode.Redirect, closed.StatusCode);
        using (
            var closed = await dashboard.GetAsync(
                new Uri("/api/telemetry/traces", UriKind.Relative),
                TestContext.Current.CancellationToken
            )
        )
            Assert.Equal(HttpStatusCode.Unauthorized, closed.StatusCode);
        using (
            var opened = await dashboard.PostAsJsonAsync(
                "/api/telemetry/validateToken",
                new { token = link.Query.Split("t=")[1] },
                TestContext.Current.CancellationToken
            )
        )
        {
            dashboard.DefaultRequestHeaders.Add(
                "x-api-key",
                (await opened.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken))
                    .GetProperty("apiKey")
                    .GetString()
            );
        }

        var trace = ActivityTraceId.CreateRandom().ToHexString();
        await PayAsync(payflow, ports, trace);
        await ShowsAsync(dashboard, "/api/telemetry/traces", answer => ServicesOf(answer, trace));
        await ShowsAsync(
            dashboard,
            "/api/telemetry/resources",
            answer =>
                answer
                    .EnumerateArray()
                    .Where(resource =>
                        new[] { "hasLogs", "hasTraces", "hasMetrics" }.All(kind =>
                            resource.GetProperty(kind).GetBoolean()
                        )
                    )
                    .Select(resource => resource.GetProperty("name").GetString()!)
        );
        // Its link opens the person's data to whoever reads it: it stands on the screen, and in no log.
        Assert.All(
            Directory.GetFiles(_temp["data/logs"]),
            log => Assert.DoesNotContain(link.Query, File.ReadAllText(log), StringComparison.Ordinal)
        );
    }

    [Fact]
    public void A_port_that_is_taken_is_refused_in_words()
    {
        using var data = DataFolder.Open(_temp["data"], reset: false);
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        Assert.StartsWith(
            $"Port {port}, which the dashboard needs, is in use",
            Assert
                .Throws<CannotRunException>(() =>
                    AspireDashboard.For(data, new PortBook(data), port - AspireDashboard.PortOffset)
                )
                .Message,
            StringComparison.Ordinal
        );
    }

    /// <summary>
    /// As a machine without a network sees it: an empty package folder, and a feed that nobody serves.
    /// </summary>
    [Fact]
    public async Task Where_NuGet_cannot_be_reached_the_run_ends_with_a_sentence_that_says_what_to_do()
    {
        await File.WriteAllTextAsync(
            _temp["NuGet.Config"],
            $"""
            <configuration>
              <config><add key="globalPackagesFolder" value="{_temp["packages"]}" /></config>
              <packageSources>
                <clear />
                <add key="none" value="http://127.0.0.1:9/index.json" allowInsecureConnections="true" />
              </packageSources>
              <fallbackPackageFolders><clear /></fallbackPackageFolders>
            </configuration>
            """,
            TestContext.Current.CancellationToken
        );
        await using var payflow = new RunningAppHost(
            _temp["data"],
            Ports.FreeInARow(5),
            new Dictionary<string, string?>(StringComparer.Ordinal) { ["NUGET_PACKAGES"] = _temp["packages"] },
            "--dashboard"
        );
        Assert.Equal(1, await payflow.EndsAsync());
        Assert.Contains(
            "The Aspire dashboard is not on this machine and NuGet cannot get it: NU1301: ",
            payflow.Log,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "Connect this machine to NuGet once, or leave --dashboard out: everything else runs without it.",
            payflow.Log,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("   at ", payflow.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Telemetry_that_is_turned_off_is_named()
    {
        await using var payflow = new RunningAppHost(
            _temp["data"],
            Ports.FreeInARow(5),
            new Dictionary<string, string?>(StringComparer.Ordinal) { ["OTEL_SDK_DISABLED"] = "true" },
            "--dashboard"
        );
        Assert.Equal(1, await payflow.EndsAsync());
        Assert.Contains(
            "OTEL_SDK_DISABLED=true turns off what --dashboard shows.",
            payflow.Log,
            StringComparison.Ordinal
        );
    }

    private static async Task PayAsync(RunningAppHost payflow, int port, string trace)
    {
        using var signedIn = await payflow.Accounts.PostAsJsonAsync(
            "/auth/sign-in",
            new { email = "asha@payflow.example", password = "payflow-demo-1" },
            TestContext.Current.CancellationToken
        );
        var token = (await signedIn.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken))
            .GetProperty("accessToken")
            .GetString();
        using var api = new HttpClient
        {
            BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://localhost:{port}/api/v1/")),
            Timeout = Timeout,
        };
        using var request = new HttpRequestMessage(HttpMethod.Post, "transactions")
        {
            Content = JsonContent.Create(
                new
                {
                    fromAccount = "00000000-0000-7000-8001-000000000001",
                    toAccount = "@neha",
                    amount = "1.00",
                    currency = "INR",
                }
            ),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Headers.TryAddWithoutValidation("Idempotency-Key", trace);
        request.Headers.TryAddWithoutValidation(
            "traceparent",
            $"00-{trace}-{ActivitySpanId.CreateRandom().ToHexString()}-01"
        );
        using var answer = await api.SendAsync(request, TestContext.Current.CancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>The gateway begins a trace of its own and links the client's, by which it is found here.</summary>
    private static IEnumerable<string> ServicesOf(JsonElement answer, string clientsTrace)
    {
        var spans = answer
            .GetProperty("data")
            .GetProperty("resourceSpans")
            .EnumerateArray()
            .SelectMany(of =>
                of.GetProperty("scopeSpans")
                    .EnumerateArray()
                    .SelectMany(scope => scope.GetProperty("spans").EnumerateArray())
                    .Select(span =>
                        (Service: ServiceOf(of), Trace: span.GetProperty("traceId").GetString(), Span: span)
                    )
            )
            .ToList();
        var own = spans
            .FirstOrDefault(one =>
                one.Span.TryGetProperty("links", out var links)
                && links.EnumerateArray().Any(link => link.GetProperty("traceId").GetString() == clientsTrace)
            )
            .Trace;
        return own is null ? [] : spans.Where(one => one.Trace == own).Select(one => one.Service);
    }

    private static string ServiceOf(JsonElement spans) =>
        spans
            .GetProperty("resource")
            .GetProperty("attributes")
            .EnumerateArray()
            .Single(attribute => attribute.GetProperty("key").GetString() == "service.name")
            .GetProperty("value")
            .GetProperty("stringValue")
            .GetString()!;

    /// <summary>Waits until the dashboard's answer names all four services.</summary>
    private static Task<string> ShowsAsync(
        HttpClient dashboard,
        string path,
        Func<JsonElement, IEnumerable<string>> services
    ) =>
        Eventually.AppearsAsync(
            $"every service in {path}",
            Timeout,
            async () =>
            {
                using var answer = await dashboard.GetAsync(
                    new Uri(path, UriKind.Relative),
                    TestContext.Current.CancellationToken
                );
                if (!answer.IsSuccessStatusCode)
                    return null;
                var named = services(
                        await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)
                    )
                    .Distinct(StringComparer.Ordinal)
                    .Order(StringComparer.Ordinal);
                return Services.SequenceEqual(named) ? "all" : null;
            }
        );
}
