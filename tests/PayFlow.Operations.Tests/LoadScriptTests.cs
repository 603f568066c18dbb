using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using PayFlow.Tests;

namespace PayFlow.Operations.Tests;

/// <summary>
/// k6 is not among what the tests can install: its scripts are read, and one is run by node, with k6.mjs in place of
/// k6.
/// </summary>
public sealed partial class LoadScriptTests : IDisposable
{
    /// <summary>Tells a start that hangs from one that is slow.</summary>
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(4);

    private readonly string _folder = Directory.CreateTempSubdirectory("payflow-load-").FullName;

    public static TheoryData<string> Scenarios => ["smoke.js", "load.js", "stress.js", "spike.js", "soak.js"];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Scenarios))]
    public async Task A_scenario_parses_has_somebody_for_each_who_acts_and_fails_where_nobody_pays(string file)
    {
        await Repository.AssertSucceedsAsync("node", "--check", Repository.In("deploy", "load", file));
        var text = Repository.Read("deploy", "load", file);
        Assert.Contains(
            "payments_lost",
            text
                + (
                    text.Contains("...thresholds", StringComparison.Ordinal)
                        ? Repository.Read("deploy", "load", "payflow.js")
                        : ""
                ),
            StringComparison.Ordinal
        );
        Assert.Matches(@"payments_completed: \[""count>=[1-9]\d*""\]", text);
        var most = AtOnce()
            .Matches(text)
            .Max(match => int.Parse(match.Groups["people"].ValueSpan, CultureInfo.InvariantCulture));
        Assert.Contains($"makePeople({most})", text, StringComparison.Ordinal);
        Assert.Contains("  setupTimeout,\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public Task The_shared_module_parses() =>
        Repository.AssertSucceedsAsync("node", "--check", Repository.In("deploy", "load", "payflow.js"));

    /// <summary>
    /// An admin is to have a second factor (docs/deploy.md), and a code is good for a minute: they sign in before
    /// anybody signs up.
    /// </summary>
    [Theory]
    [InlineData(
        "ADMIN_CODE",
        "POST /api/v1/auth/sign-in "
            + "{\"email\":\"admin@payflow.example\",\"password\":\"payflow-demo-1\",\"code\":\"given\"}"
    )]
    [InlineData("ADMIN_REFRESH_TOKEN", "POST /api/v1/auth/refresh {\"refreshToken\":\"given\"}")]
    [InlineData(
        "OTHERWISE",
        "POST /api/v1/auth/sign-in {\"email\":\"admin@payflow.example\",\"password\":\"payflow-demo-1\"}"
    )]
    public async Task The_admin_comes_in_by_what_is_given(string variable, string asked)
    {
        await CopyScriptsAsync(
            """
            const http = {
              request(method, url, body) {
                console.log(method, new URL(url).pathname, body);
                return { status: 200, headers: {}, json: () => 1 };
              },
            };
            class Metric {}
            export { http as default, Metric as Counter, Metric as Trend };
            export const check = () => true, sleep = () => {};
            """
        );
        var (code, said) = await Repository.RunAsync(
            "node",
            [
                "--input-type=module",
                "--eval",
                "globalThis.__ENV = process.env; "
                    + $"(await import('{Path.Combine(_folder, "payflow.js")}')).makePeople(1);",
            ],
            new Dictionary<string, string>(StringComparer.Ordinal) { [variable] = "given" }
        );
        Assert.True(code == 0, said);
        Assert.Equal(asked, said.Split('\n')[0]);
    }

    /// <summary>
    /// The product lets one sign-up or sign-in through every four seconds, and its tokens are renewed after five: the
    /// script has to wait, and to refresh.
    /// </summary>
    [Fact]
    public async Task The_smoke_test_makes_payments_on_a_running_product()
    {
        var modules = await CopyScriptsAsync(Repository.Read("tests", "PayFlow.Operations.Tests", "k6.mjs"));
        var port = Ports.FreeInARow(4);
        var product = await StartAsync(port);
        try
        {
            var (code, said) = await Repository.RunAsync(
                "node",
                [Path.Combine(modules, "k6.mjs"), Path.Combine(_folder, "smoke.js"), "20"],
                new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    ["BASE_URL"] = string.Create(CultureInfo.InvariantCulture, $"http://localhost:{port}"),
                }
            );
            Assert.True(code == 0, said);
            var counted = JsonElement.Parse(said);
            var checks = counted.GetProperty("checks").EnumerateObject().ToList();
            Assert.NotEmpty(checks);
            Assert.All(checks, check => Assert.EndsWith(": true", check.Name, StringComparison.Ordinal));
            var statuses = counted.GetProperty("statuses");
            Assert.All(
                statuses.EnumerateObject().Where(status => !status.Name.StartsWith("setup ", StringComparison.Ordinal)),
                status => Assert.EndsWith(" 200", status.Name, StringComparison.Ordinal)
            );
            Assert.True(statuses.TryGetProperty("setup 429", out _), said);
            // Three sign-ins, two confirmations and two corrections are 200 as well; the rest are refreshed tokens.
            Assert.True(statuses.GetProperty("setup 200").GetInt32() > 7, said);
            var metrics = counted.GetProperty("metrics");
            Assert.Equal(
                statuses.GetProperty("payment 200").GetInt32(),
                metrics.GetProperty("payments_completed").GetInt32()
            );
            Assert.False(metrics.TryGetProperty("payments_lost", out _), said);
        }
        finally
        {
            using var term = Process.Start("kill", ["-TERM", product.Id.ToString(CultureInfo.InvariantCulture)]);
            using var late = new CancellationTokenSource(TimeSpan.FromMinutes(2));
            await product.WaitForExitAsync(late.Token);
            product.Dispose();
        }
    }

    /// <summary>The scripts of deploy/load in a folder of their own, with a module in place of k6.</summary>
    /// <returns>The module's folder.</returns>
    private async Task<string> CopyScriptsAsync(string k6)
    {
        var modules = Directory.CreateDirectory(Path.Combine(_folder, "node_modules", "k6")).FullName;
        foreach (var file in Directory.GetFiles(Repository.In("deploy", "load")))
            File.Copy(file, Path.Combine(_folder, Path.GetFileName(file)));
        await File.WriteAllTextAsync(Path.Combine(modules, "k6.mjs"), k6, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            Path.Combine(modules, "package.json"),
            """{ "exports": { ".": "./k6.mjs", "./http": "./k6.mjs", "./metrics": "./k6.mjs" } }""",
            TestContext.Current.CancellationToken
        );
        return modules;
    }

    private async Task<Process> StartAsync(int port)
    {
        const string Project = "PayFlow.Operations.Tests/";
        var output = AppContext.BaseDirectory[
            (AppContext.BaseDirectory.LastIndexOf(Project, StringComparison.Ordinal) + Project.Length)..
        ];
        var start = new ProcessStartInfo(
            "dotnet",
            [
                Repository.In("PayFlow.AppHost", output, "PayFlow.AppHost.dll"),
                "--data",
                Path.Combine(_folder, "data"),
                "--port-base",
                port.ToString(CultureInfo.InvariantCulture),
            ]
        )
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment["KAFKA_HOME"] = "";
        start.Environment["Identity__BcryptWorkFactor"] = "4";
        start.Environment["Access__TokenLifetime"] = "00:01:05";
        start.Environment["RateLimits__SignIn__Burst"] = "1";
        start.Environment["RateLimits__SignIn__PerSecond"] = "0.25";
        var log = new StringBuilder();
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var product = new Process { StartInfo = start, EnableRaisingEvents = true };
        product.OutputDataReceived += (_, line) => Read(line.Data);
        product.ErrorDataReceived += (_, line) => Read(line.Data);
        product.Exited += (_, _) => ready.TrySetException(new InvalidOperationException("The app host ended:\n" + log));
        product.Start();
        product.BeginOutputReadLine();
        product.BeginErrorReadLine();
        await ready.Task.WaitAsync(StartTimeout, TestContext.Current.CancellationToken);
        return product;

        void Read(string? line)
        {
            if (line is null)
                return;
            lock (log)
                log.AppendLine(line);
            if (line.Contains("PayFlow is ready", StringComparison.Ordinal))
                ready.TrySetResult();
        }
    }

    [GeneratedRegex(@"\b(vus|target): (?<people>\d+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex AtOnce();
}
