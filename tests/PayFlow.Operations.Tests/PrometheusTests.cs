using System.Text.RegularExpressions;

namespace PayFlow.Operations.Tests;

/// <summary>Rules and alerts as Prometheus' own tool sees them, and a runbook for each.</summary>
public sealed partial class PrometheusTests
{
    private static readonly string[] Rules = Directory.GetFiles(
        Repository.In("deploy", "prometheus", "rules"),
        "*.yml"
    );
    private static readonly string[] RuleTests = Directory.GetFiles(
        Repository.In("deploy", "prometheus", "tests"),
        "*.yml"
    );

    public static TheoryData<string> Alerts =>
        [
            .. Rules.SelectMany(file =>
                AlertLine().Matches(File.ReadAllText(file)).Select(match => match.Groups["name"].Value)
            ),
        ];

    [Fact]
    public Task The_rules_are_valid() => Repository.AssertSucceedsAsync("promtool", ["check", "rules", .. Rules]);

    [Fact]
    public Task The_alerts_are_raised_when_they_should_be_and_not_otherwise() =>
        Repository.AssertSucceedsAsync("promtool", ["test", "rules", .. RuleTests]);

    [Fact]
    public async Task The_configuration_is_valid()
    {
        // Debian builds Prometheus without the discovery in Kubernetes, so that part alone is swapped for a list.
        var configuration = Repository.Read("deploy", "prometheus", "prometheus.yml");
        var checkable = KubernetesDiscovery()
            .Replace(configuration, "    static_configs:\n      - targets: ['localhost:8080']\n");
        Assert.NotEqual(configuration, checkable);
        // What a pod is given there.
        var account = Directory.CreateTempSubdirectory("payflow-account-");
        foreach (var file in new[] { "token", "ca.crt" })
            await File.WriteAllTextAsync(
                Path.Combine(account.FullName, file),
                "",
                TestContext.Current.CancellationToken
            );
        var copy = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(
                copy,
                checkable
                    .Replace(
                        "/etc/prometheus/rules",
                        Repository.In("deploy", "prometheus", "rules"),
                        StringComparison.Ordinal
                    )
                    .Replace(
                        "/var/run/secrets/kubernetes.io/serviceaccount",
                        account.FullName,
                        StringComparison.Ordinal
                    ),
                TestContext.Current.CancellationToken
            );
            var (code, said) = await Repository.RunAsync("promtool", ["check", "config", copy]);
            Assert.True(code == 0, said);
            Assert.Contains($"{Rules.Length} rule files found", said, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(copy);
            account.Delete(recursive: true);
        }
    }

    [Theory]
    [MemberData(nameof(Alerts))]
    public void An_alert_is_tested_and_leads_to_its_runbook(string alert)
    {
        var anchor = alert.ToLowerInvariant();
        Assert.Contains(
            RuleTests,
            file => File.ReadAllText(file).Contains($"alertname: {alert}\n", StringComparison.Ordinal)
        );
        Assert.Contains(
            Rules,
            file => File.ReadAllText(file).Contains($"runbook: docs/operations.md#{anchor}\n", StringComparison.Ordinal)
        );
        var runbooks = Repository.Read("docs", "operations.md");
        Assert.Contains($"\n### {alert}\n", runbooks, StringComparison.Ordinal);
        Assert.Contains($"(#{anchor})", runbooks, StringComparison.Ordinal);
    }

    [Fact]
    public void A_runbook_belongs_to_an_alert()
    {
        var alerts = Alerts.Select(row => row.Data).ToList();
        Assert.All(
            Runbook().Matches(Repository.Read("docs", "operations.md")),
            heading => Assert.Contains(heading.Groups["name"].Value, alerts)
        );
    }

    [GeneratedRegex(
        @"^ +- alert: (?<name>\w+)$",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex AlertLine();

    [GeneratedRegex(
        @"^### (?<name>\w+)$",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Runbook();

    [GeneratedRegex(
        @"^    kubernetes_sd_configs:\n(      .*\n)+",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex KubernetesDiscovery();
}
