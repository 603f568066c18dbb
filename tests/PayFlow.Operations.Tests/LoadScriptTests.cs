using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using PayFlow.Tests;

namespace PayFlow.Operations.Tests;

/// <summary>
/// k6 is not among what the tests can install: its scripts are read, and one is run by node, with k6.mjs in place of
/// k6.
/// </summary>
public sealed class LoadScriptTests : IDisposable
{
    /// <summary>Tells a start that hangs from one that is slow.</summary>
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(4);

    private readonly string _folder = Directory.CreateTempSubdirectory("payflow-load-").FullName;

    /// <summary>In place of k6: it prints each request, and answers without sending it.</summary>
    private const string EachRequestIsSaid = """
        const http = {
          setResponseCallback() {},
          expectedStatuses() {},
          request(method, url, body) {
            console.log(method, new URL(url).pathname, body);
            return { status: 200, headers: {}, json: () => 1 };
          },
        };
        class Metric {}
        export { http as default, Metric as Counter, Metric as Trend };
        export const check = () => true, sleep = () => {};
        """;

    public static TheoryData<string> Scenarios => ["smoke.js", "load.js", "stress.js", "spike.js", "soak.js"];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>The options as k6 reads them: a scenario must fail where requests fail or money is wrong.</summary>
    [Theory]
    [MemberData(nameof(Scenarios))]
    public async Task A_scenario_has_a_threshold_for_failed_requests_and_for_wrong_money(string file)
    {
        await CopyScriptsAsync(EachRequestIsSaid);
        var (code, said) = await Repository.RunAsync(
            "node",
            [
                "--input-type=module",
                "--eval",
                "globalThis.__ENV = {}; "
                    + $"const {{ options, setup, teardown }} = await import('{Path.Combine(_folder, file)}'); "
                    + "console.log(JSON.stringify({ ...options, has: [typeof setup, typeof teardown] }));",
            ]
        );
        Assert.True(code == 0, said);
        var options = JsonElement.Parse(said);
        Assert.Equal("""["function","function"]""", options.GetProperty("has").GetRawText());
        var thresholds = options.GetProperty("thresholds");
        foreach (var metric in new[] { "payments_lost", "money_wrong", "errors" })
            Assert.Equal("""["count==0"]""", thresholds.GetProperty(metric).GetRawText());
        foreach (var metric in new[] { "payments_completed", "money_checked" })
            Assert.Matches(@"^\[""count>=[1-9]\d*""\]$", thresholds.GetProperty(metric).GetRawText());
        foreach (var kind in new[] { "api", "payment" })
            Assert.Matches(
                @"^\[""rate<0\.0[01]?1?""\]$",
                thresholds.GetProperty($"http_req_failed{{kind:{kind}}}").GetRawText()
            );
        Assert.Matches(@"^\[""rate>0\.99\d?""\]$", thresholds.GetProperty("checks").GetRawText());
        Assert.Equal("2h", options.GetProperty("setupTimeout").GetString());
        Assert.Equal("2h", options.GetProperty("teardownTimeout").GetString());
        foreach (var scenario in options.GetProperty("scenarios").EnumerateObject().Select(one => one.Value))
        {
            Assert.Equal("1m", scenario.GetProperty("gracefulStop").GetString());
            if (scenario.GetProperty("executor").GetString() == "ramping-vus")
                Assert.Equal("1m", scenario.GetProperty("gracefulRampDown").GetString());
        }
    }

    /// <summary>Each defect of a product must be seen by the threshold that is about it.</summary>
    [Theory]
    [InlineData("nothing", "")]
    [InlineData("is busy", "")]
    [InlineData("credits too much", "money_wrong")]
    [InlineData("keeps the money", "money_wrong")]
    [InlineData("forgets a payment", "money_wrong")]
    [InlineData("never ends a payment", "money_wrong payments_completed payments_lost")]
    [InlineData("fails now and then", "checks http_req_failed{kind:api}")]
    [InlineData("answers with a page", "errors")]
    [InlineData("pays with a page", "errors payments_completed")]
    public async Task A_scenario_fails_on_a_product_that_misbehaves(string defect, string failed)
    {
        await using var bank = await FakeBank.StartAsync(defect);
        // What never ends is asked for many times.
        var (code, said) = await RunOnBankAsync(
            bank,
            defect == "never ends a payment" ? 15 : 50,
            ("RECOVERY_SECONDS", "1")
        );
        Assert.True(code == (failed.Length == 0 ? 0 : 99), said);
        var counted = JsonElement.Parse(said.Split('\n').Last(line => line.StartsWith('{')));
        Assert.Equal(
            failed.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            counted
                .GetProperty("failed")
                .EnumerateArray()
                .Select(name => name.GetString()!)
                .Order(StringComparer.Ordinal)
        );
        // A 429 says when to come back, also while people are made: nothing has failed.
        Assert.Equal(defect == "is busy", counted.GetProperty("statuses").TryGetProperty("setup 429", out _));
        // Where money is wrong, the accounts stay open to be looked into.
        Assert.Equal(failed.Contains("money_wrong", StringComparison.Ordinal) ? 2 : 0, await bank.OpenAccountsAsync());
    }

    /// <summary>Two of them would share a refresh token, and each use ends the other's session.</summary>
    [Fact]
    public async Task More_at_once_than_people_were_made_are_refused()
    {
        await using var bank = await FakeBank.StartAsync("nothing");
        var (code, said) = await RunOnBankAsync(bank, 1, ("VUS", "3"));
        Assert.NotEqual(0, code);
        Assert.Contains("2 people were made, and more act at once", said, StringComparison.Ordinal);
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
        await CopyScriptsAsync(EachRequestIsSaid);
        var (code, said) = await Repository.RunAsync(
            "node",
            [
                "--input-type=module",
                "--eval",
                "globalThis.__ENV = process.env; "
                    + $"(await import('{Path.Combine(_folder, "payflow.js")}'))"
                    + ".makePeople({ scenarios: { one: { vus: 1 } } });",
            ],
            new Dictionary<string, string>(StringComparer.Ordinal) { [variable] = "given" }
        );
        Assert.True(code == 0, said);
        Assert.Equal(asked, said.Split('\n')[0]);
    }

    /// <summary>
    /// The product's tokens are renewed after five seconds: the script has to refresh them. At the end it finds that
    /// the money is right, takes it back and closes the accounts.
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
                [Path.Combine(modules, "k6.mjs"), Path.Combine(_folder, "smoke.js"), "40"],
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

    private async Task<(int Code, string Said)> RunOnBankAsync(
        FakeBank bank,
        int iterations,
        params (string Name, string Value)[] settings
    )
    {
        var modules = await CopyScriptsAsync(Repository.Read("tests", "PayFlow.Operations.Tests", "k6.mjs"));
        var environment = settings.ToDictionary(one => one.Name, one => one.Value, StringComparer.Ordinal);
        environment["BASE_URL"] = bank.Address;
        environment["QUICK"] = "1";
        return await Repository.RunAsync(
            "node",
            [
                Path.Combine(modules, "k6.mjs"),
                Path.Combine(_folder, "smoke.js"),
                iterations.ToString(CultureInfo.InvariantCulture),
            ],
            environment
        );
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
            """{ "exports": { ".": "./k6.mjs", "./*": "./k6.mjs" } }""",
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
}
