using System.Text.Json;
using System.Text.RegularExpressions;

namespace PayFlow.Operations.Tests;

/// <summary>
/// What Grafana is given by file. That each query finds data is shown on a running product, in the end-to-end tests.
/// </summary>
public sealed partial class DashboardTests
{
    public static TheoryData<string> Dashboards =>
        [
            .. Directory
                .GetFiles(Repository.In("deploy", "grafana", "dashboards"), "*.json")
                .Select(file => Path.GetFileName(file)!),
        ];

    [Theory]
    [MemberData(nameof(Dashboards))]
    public void A_dashboard_reads_the_provisioned_source_and_its_panels_fill_the_grid_without_overlap(string file)
    {
        var dashboard = JsonElement.Parse(Repository.Read("deploy", "grafana", "dashboards", file));
        Assert.Equal("payflow-" + Path.GetFileNameWithoutExtension(file), dashboard.GetProperty("uid").GetString());
        var panels = dashboard.GetProperty("panels").EnumerateArray().ToList();
        var taken = new HashSet<(int X, int Y)>();
        foreach (var panel in panels)
        {
            Assert.Equal("prometheus", panel.GetProperty("datasource").GetProperty("uid").GetString());
            Assert.NotEmpty(panel.GetProperty("title").GetString()!);
            foreach (var target in panel.GetProperty("targets").EnumerateArray())
                AssertIsNarrowed(target.GetProperty("expr").GetString()!);
            Assert.NotEmpty(panel.GetProperty("fieldConfig").GetProperty("defaults").GetProperty("unit").GetString()!);
            var (x, y, w, h) = (Place(panel, "x"), Place(panel, "y"), Place(panel, "w"), Place(panel, "h"));
            Assert.True(x + w <= 24, "A panel is wider than the grid.");
            for (var i = 0; i < w * h; i++)
                Assert.True(taken.Add((x + (i % w), y + (i / w))), "Two panels overlap.");
        }

        Assert.Equal(
            ["service", "pod"],
            dashboard
                .GetProperty("templating")
                .GetProperty("list")
                .EnumerateArray()
                .Select(variable => variable.GetProperty("name").GetString())
        );
        Assert.Equal(panels.Count, panels.Select(panel => panel.GetProperty("id").GetInt32()).Distinct().Count());
        Assert.Contains(
            "uid: prometheus\n",
            Repository.Read("deploy", "grafana", "provisioning", "datasources", "prometheus.yml"),
            StringComparison.Ordinal
        );
    }

    /// <summary>
    /// Every series that a panel reads follows what is chosen at the top. The gateway's own name their service.
    /// </summary>
    private static void AssertIsNarrowed(string expression)
    {
        var series = Series().Matches(expression).Select(match => match.Groups["labels"].Value).ToList();
        Assert.NotEmpty(series);
        Assert.All(
            series,
            labels =>
            {
                Assert.Contains("pod=~\"$pod\"", labels, StringComparison.Ordinal);
                Assert.Matches("service=(~\"[$]service|\"[a-z]+)\"", labels);
            }
        );
    }

    [GeneratedRegex(
        @"\b(up|(payflow|http_server|dotnet|db_client|kestrel)_\w+)\b(?![^(]*\) \()(\{(?<labels>[^}]*)\})?",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Series();

    private static int Place(JsonElement panel, string side) =>
        panel.GetProperty("gridPos").GetProperty(side).GetInt32();
}
