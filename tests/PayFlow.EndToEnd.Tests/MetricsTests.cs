using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace PayFlow.EndToEnd.Tests;

/// <summary>What Prometheus, started by the product's own <c>--prometheus</c>, reads of the running services.</summary>
[Collection(InMemoryKafkaCollection.Name)]
public sealed partial class MetricsTests(OnInMemoryKafka payflow)
{
    // Three readings and more.
    private const string RateInterval = "20s";

    private static readonly TimeSpan ScrapeTimeout = TimeSpan.FromMinutes(2);

    private readonly Wallet _wallet = new(payflow);

    private Uri Prometheus => new(payflow.Part("prometheus").GetProperty("url").GetString()!);

    public static TheoryData<string> Dashboards =>
        [
            .. Directory
                .GetFiles(Path.Combine(Repository, "deploy", "grafana", "dashboards"), "*.json")
                .Select(file => Path.GetFileName(file)!),
        ];

    private static string Repository =>
        Path.GetFullPath(Path.Combine(RunningPayFlow.AppHostAssembly, "../../../../../.."));

    [Theory]
    [MemberData(nameof(Dashboards))]
    public async Task Every_query_of_a_dashboard_finds_data_after_a_load(string file)
    {
        var dashboard = JsonElement.Parse(
            await File.ReadAllTextAsync(
                Path.Combine(Repository, "deploy", "grafana", "dashboards", file),
                TestContext.Current.CancellationToken
            )
        );
        var queries = dashboard
            .GetProperty("panels")
            .EnumerateArray()
            .SelectMany(panel =>
                panel
                    .GetProperty("targets")
                    .EnumerateArray()
                    .Select(target =>
                        (
                            Title: panel.GetProperty("title").GetString(),
                            Expression: target.GetProperty("expr").GetString()!
                        )
                    )
            )
            .ToList();
        Assert.NotEmpty(queries);
        var (payer, payee) = (await _wallet.OpenAsync("1000.00"), await _wallet.OpenAsync());
        await Wallet.EventuallyAsync(
            async () =>
            {
                // The load goes on while Prometheus reads, as a rate needs a change within its window.
                await LoadAsync(payer, payee);
                foreach (var (title, expression) in queries)
                {
                    var found = await QueryAsync(
                        expression
                            .Replace("$__rate_interval", RateInterval, StringComparison.Ordinal)
                            .Replace("$service", ".*", StringComparison.Ordinal)
                            .Replace("$pod", ".*", StringComparison.Ordinal)
                    );
                    Assert.True(found.Exists(value => !double.IsNaN(value)), $"{title}: {expression}");
                }
            },
            ScrapeTimeout
        );
    }

    [Fact]
    public async Task Every_metric_that_a_rule_names_is_there()
    {
        await LoadAsync(await _wallet.OpenAsync("10.00"), await _wallet.OpenAsync());
        var named = Directory
            .GetFiles(Path.Combine(Repository, "deploy", "prometheus", "rules"), "*.yml")
            .SelectMany(rules => Metric().Matches(File.ReadAllText(rules)).Select(match => match.Value))
            .Distinct(StringComparer.Ordinal)
            .ToList();
        Assert.NotEmpty(named);
        await Wallet.EventuallyAsync(
            async () =>
            {
                foreach (var metric in named)
                    Assert.True((await QueryAsync($"count({metric})")).Count > 0, metric);
            },
            ScrapeTimeout
        );
    }

    [Fact]
    public async Task Prometheus_reads_all_services_and_raises_nothing_of_the_ledger()
    {
        await Wallet.EventuallyAsync(
            async () => Assert.Equal([4d], await QueryAsync("count(up{job=\"payflow\"} == 1)")),
            ScrapeTimeout
        );
        await Wallet.EventuallyAsync(
            async () => Assert.Equal([0d], await QueryAsync("max(payflow_ledger_imbalance)")),
            ScrapeTimeout
        );
        using var http = new HttpClient { BaseAddress = Prometheus };
        var rules = await http.GetFromJsonAsync<JsonElement>(
            "/api/v1/rules?type=alert",
            TestContext.Current.CancellationToken
        );
        var alerts = rules
            .GetProperty("data")
            .GetProperty("groups")
            .EnumerateArray()
            .SelectMany(group => group.GetProperty("rules").EnumerateArray())
            .ToList();
        Assert.All(
            alerts,
            alert => Assert.Equal("", alert.TryGetProperty("lastError", out var error) ? error.GetString() : "")
        );
        Assert.Equal(
            "inactive",
            alerts
                .Single(alert => alert.GetProperty("name").GetString() == "LedgerImbalance")
                .GetProperty("state")
                .GetString()
        );
    }

    [Fact]
    public async Task No_metric_carries_an_id_or_a_name_of_somebody()
    {
        var person = await _wallet.OpenAsync("10.00");
        var payee = await _wallet.OpenAsync();
        await LoadAsync(person, payee);
        foreach (var service in new[] { "web", "accounts", "transactions", "notifications" })
        {
            using var http = new HttpClient
            {
                BaseAddress = new Uri(payflow.Part(service).GetProperty("url").GetString()!),
            };
            var metrics = await http.GetStringAsync("/metrics", TestContext.Current.CancellationToken);
            Assert.DoesNotMatch("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", metrics);
            Assert.DoesNotContain("@", metrics, StringComparison.Ordinal);
            Assert.DoesNotContain("Password=", metrics, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public async Task What_a_consumer_cannot_handle_counts_as_lag_until_it_can()
    {
        await using var service = await TestService.StartAsync(payflow, payflow.Kafka, inMemory: true);
        // The in-memory broker drops what the product's own groups have read, and this one may not be at its place yet.
        await Wallet.EventuallyAsync(async () =>
        {
            await service.TellAsync("here");
            Assert.Equal(1, await service.EffectsAsync("here"));
        });
        service.FailuresLeft = int.MaxValue;
        await service.TellAsync("stuck");
        await Wallet.EventuallyAsync(() =>
        {
            Assert.True(Lag(service.Group) > 0, "Nothing is behind.");
            return Task.CompletedTask;
        });
        service.FailuresLeft = 0;
        await service.TookEffectAsync("stuck");
        await Wallet.EventuallyAsync(() =>
        {
            Assert.Equal(0, Lag(service.Group));
            return Task.CompletedTask;
        });
    }

    /// <summary>Of a consumer in this process.</summary>
    private static long Lag(string group)
    {
        var behind = 0L;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, reader) =>
            {
                if (instrument.Name == "payflow.messaging.consumer.lag")
                    reader.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>(
            (_, value, tags, _) =>
            {
                foreach (var tag in tags)
                {
                    if (tag.Key == "group" && (string?)tag.Value == group)
                        behind += value;
                }
            }
        );
        listener.Start();
        listener.RecordObservableInstruments();
        return behind;
    }

    /// <summary>
    /// A little of all that the dashboards show: payments that end either way, refusals, and a wrong password.
    /// </summary>
    private async Task LoadAsync(Person payer, Person payee)
    {
        for (var i = 0; i < 5; i++)
            await _wallet.PayAsync(payer, payee.Account, "0.01");
        Assert.Equal(
            "failed",
            (await _wallet.PayAsync(payee, payer.Account, "5000.00")).GetProperty("status").GetString()
        );
        (await _wallet.SendAsync(payer, payer.Account, "1.00")).Dispose();
        (await _wallet.SendAsync(HttpMethod.Get, "notifications", payer.Token)).Dispose();
        using var wrong = await payflow.Accounts.PostAsJsonAsync(
            "/auth/sign-in",
            new { email = "nobody@payflow.example", password = "wrong" },
            TestContext.Current.CancellationToken
        );
    }

    private async Task<List<double>> QueryAsync(string expression)
    {
        using var http = new HttpClient { BaseAddress = Prometheus };
        using var answer = await http.GetAsync(
            new Uri("/api/v1/query?query=" + Uri.EscapeDataString(expression), UriKind.Relative),
            TestContext.Current.CancellationToken
        );
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, $"{expression}: {body}");
        return
        [
            .. body.GetProperty("data")
                .GetProperty("result")
                .EnumerateArray()
                .Select(sample =>
                    double.Parse(sample.GetProperty("value")[1].GetString()!, CultureInfo.InvariantCulture)
                ),
        ];
    }

    [GeneratedRegex(
        @"\b(payflow_(transfer|messaging|ledger|sign_in|gateway)|http_server)_\w+|db_client_connection_(count|max)\b",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Metric();
}
