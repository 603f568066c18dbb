using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using PayFlow.AppHost.Embedded;
using PayFlow.Tests;

namespace PayFlow.AppHost.Tests;

/// <summary>
/// The embedded engine starts exactly the graph that is built with Aspire's API: its processes, their environment,
/// their order.
/// </summary>
public sealed class GraphTests : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(2);

    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task An_added_resource_runs_with_its_environment_once_what_it_waits_for_is_healthy()
    {
        var port = Ports.FreeInARow(2);
        var builder = DistributedApplication.CreateBuilder(["--data", _temp["data"]]);
        var token = builder.AddParameter("token", secret: true);
        var first = Probe(builder, "first", port).WithEnvironment("PROBE_GATE", _temp["gate"]);
        Probe(builder, "second", port + 1)
            .WithReference(first)
            .WaitFor(first)
            .WithEnvironment("TOKEN", token)
            .WithEnvironment("COLOUR", "blue")
            .WithExternalHttpEndpoints();
        using var stop = new CancellationTokenSource();
        var run = builder.Build().RunAsync(stop.Token);

        var firstSaw = await EnvironmentOfAsync("first");
        Assert.False(File.Exists(_temp["second.json"]));
        _temp.Write("gate");
        var secondSaw = await EnvironmentOfAsync("second");

        Assert.Equal("200", secondSaw["NEIGHBOUR_ANSWERED"]);
        Assert.Equal($"http://localhost:{port}", secondSaw["services__first__http__0"]);
        Assert.Equal(
            await File.ReadAllTextAsync(_temp["data/secrets/token"], TestContext.Current.CancellationToken),
            secondSaw["TOKEN"]
        );
        Assert.Equal("blue", secondSaw["COLOUR"]);
        Assert.Equal(("first", "second"), (firstSaw["OTEL_SERVICE_NAME"], secondSaw["OTEL_SERVICE_NAME"]));
        Assert.StartsWith("service.instance.id=", secondSaw["OTEL_RESOURCE_ATTRIBUTES"], StringComparison.Ordinal);
        Assert.DoesNotContain("TOKEN", firstSaw.Keys);
        Assert.DoesNotContain("services__second__http__0", firstSaw.Keys);

        var ready = await RunFileAsync(_ => true);
        Assert.Equal(Environment.ProcessId, ready.GetProperty("appHost").GetInt32());
        Assert.Equal(
            ["first", "second"],
            ready
                .GetProperty("resources")
                .EnumerateObject()
                .Select(resource => resource.Name)
                .Order(StringComparer.Ordinal)
        );
        Assert.Equal(
            (int.Parse(secondSaw["PID"]!, CultureInfo.InvariantCulture), $"http://localhost:{port + 1}"),
            (Pid(ready, "second"), Url(ready, "second"))
        );

        await AssertRestartedAsync(Pid(ready, "second"), secondSaw);
        var last = await RunFileAsync(_ => true);
        await stop.CancelAsync();
        await run;
        Assert.False(File.Exists(_temp["data/run.json"]));
        Assert.All(
            ["first", "second"],
            (string name) => Assert.Throws<ArgumentException>(() => Process.GetProcessById(Pid(last, name)))
        );
    }

    [Fact]
    public async Task A_service_that_is_late_is_named_with_its_log_and_the_run_goes_on()
    {
        var port = Ports.FreeInARow(2);
        var builder = DistributedApplication.CreateBuilder(["--data", _temp["data"]]);
        var first = Probe(builder, "first", port).WithEnvironment("PROBE_GATE", _temp["gate"]);
        Probe(builder, "second", port + 1).WaitFor(first);
        using var stop = new CancellationTokenSource();
        var options = RunOptions.From(builder.Configuration) with { HealthTimeout = TimeSpan.FromSeconds(2) };
        var run = EmbeddedRun.RunAsync(((EmbeddedBuilder)builder).Resources, options, stop.Token);

        var log = _temp["data/logs/first.log"];
        // Where the service takes longer than that to listen, the first word is of a connection refused, and a later
        // one is this.
        var reason = $"http://localhost:{port}/health answers 503. What waits for it has not started. Its log: {log}";
        var fault = new Regex($@"first is not healthy after \d+ s: {Regex.Escape(reason)}", RegexOptions.None, Timeout);
        await Eventually.AppearsAsync(
            "the log names the fault",
            Timeout,
            () => File.Exists(log) && fault.IsMatch(File.ReadAllText(log)) ? log : null
        );
        Assert.False(File.Exists(_temp["second.json"]));
        _temp.Write("gate");
        await RunFileAsync(ready => Pid(ready, "second") > 0);
        await stop.CancelAsync();
        await run;
    }

    [Fact]
    public async Task A_service_that_cannot_start_ends_the_run_with_the_reason_that_it_names()
    {
        var builder = DistributedApplication.CreateBuilder(["--data", _temp["data"]]);
        var first = Probe(builder, "first", Ports.FreeInARow(1))
            .WithEnvironment("PROBE_FAULT", "The colour is missing. Set COLOUR.");
        builder.AddProject<ProbeProject>("second", launchProfileName: null).WaitFor(first);
        var refused = await Assert.ThrowsAsync<CannotRunException>(() =>
            EmbeddedRun.RunAsync(
                ((EmbeddedBuilder)builder).Resources,
                RunOptions.From(builder.Configuration),
                TestContext.Current.CancellationToken
            )
        );
        Assert.Equal(
            "first ended 3 times before it could be used: The colour is missing. Set COLOUR. Mend that and start "
                + $"again. Its log: {_temp["data/logs/first.log"]}",
            refused.Message
        );
        Assert.False(File.Exists(_temp["second.json"]));
    }

    [Fact]
    public async Task A_service_that_is_killed_again_and_again_while_it_works_waits_no_longer_each_time()
    {
        var builder = DistributedApplication.CreateBuilder(["--data", _temp["data"]]);
        Probe(builder, "first", Ports.FreeInARow(1));
        using var stop = new CancellationTokenSource();
        var run = builder.Build().RunAsync(stop.Token);
        var pid = Pid(await RunFileAsync(_ => true), "first");
        for (var kill = 1; kill <= 3; kill++)
        {
            using (var first = Process.GetProcessById(pid))
                first.Kill();
            await Eventually.AppearsAsync(
                "it works again",
                Timeout,
                () => Lines("can be used again") == kill ? "again" : null
            );
            var last = pid;
            pid = Pid(
                await RunFileAsync(ready =>
                    ready.GetProperty("resources").GetProperty("first").GetProperty("pid").ValueKind
                        == JsonValueKind.Number
                    && Pid(ready, "first") != last
                ),
                "first"
            );
        }

        Assert.Equal(3, Lines("is started again in 1 s"));
        await stop.CancelAsync();
        await run;

        int Lines(string words)
        {
            // The engine writes to it meanwhile.
            using var log = new StreamReader(
                new FileStream(_temp["data/logs/first.log"], FileMode.Open, FileAccess.Read, FileShare.ReadWrite)
            );
            return log.ReadToEnd().Split('\n').Count(line => line.Contains(words, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_port_that_is_taken_ends_the_run_with_a_word_on_it()
    {
        using var taken = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        var port = ((System.Net.IPEndPoint)taken.LocalEndpoint).Port;
        var builder = DistributedApplication.CreateBuilder(["--data", _temp["data"]]);
        Probe(builder, "first", port);
        var refused = await Assert.ThrowsAsync<CannotRunException>(() =>
            EmbeddedRun.RunAsync(
                ((EmbeddedBuilder)builder).Resources,
                RunOptions.From(builder.Configuration),
                TestContext.Current.CancellationToken
            )
        );
        Assert.Contains($"Port {port}, which first needs, is in use", refused.Message, StringComparison.Ordinal);
    }

    private static int Pid(JsonElement run, string name) =>
        run.GetProperty("resources").GetProperty(name).GetProperty("pid").GetInt32();

    private static string? Url(JsonElement run, string name) =>
        run.GetProperty("resources").GetProperty(name).GetProperty("url").GetString();

    private async Task AssertRestartedAsync(int pid, Dictionary<string, string?> before)
    {
        File.Delete(_temp["second.json"]);
        using (var second = Process.GetProcessById(pid))
            second.Kill();
        var after = await EnvironmentOfAsync("second");
        Assert.NotEqual(before["PID"], after["PID"]);
        Assert.Equal(before["TOKEN"], after["TOKEN"]);
        var restarted = await RunFileAsync(run =>
            run.GetProperty("resources").GetProperty("second").GetProperty("pid").ValueKind == JsonValueKind.Number
            && Pid(run, "second") != pid
        );
        Assert.Equal(int.Parse(after["PID"]!, CultureInfo.InvariantCulture), Pid(restarted, "second"));
    }

    private IResourceBuilder<ProjectResource> Probe(IDistributedApplicationBuilder builder, string name, int port) =>
        builder
            .AddProject<ProbeProject>(name, launchProfileName: null)
            .WithHttpEndpoint(port: port)
            .WithHttpHealthCheck("/health")
            .WithEnvironment("PROBE_FILE", _temp[name + ".json"])
            .WithEnvironment("Logging__LogLevel__Default", "Warning");

    private Task<Dictionary<string, string?>> EnvironmentOfAsync(string name) =>
        Eventually.AppearsAsync(
            $"{name} has started",
            Timeout,
            () =>
                File.Exists(_temp[name + ".json"])
                    ? JsonSerializer.Deserialize<Dictionary<string, string?>>(File.ReadAllText(_temp[name + ".json"]))
                    : null
        );

    private async Task<JsonElement> RunFileAsync(Func<JsonElement, bool> wanted)
    {
        var document = await Eventually.AppearsAsync(
            "run.json tells it",
            Timeout,
            () =>
                File.Exists(_temp["data/run.json"])
                && JsonDocument.Parse(File.ReadAllText(_temp["data/run.json"])) is var run
                && wanted(run.RootElement)
                    ? run
                    : null
        );
        return document.RootElement;
    }

    private sealed class ProbeProject : IProjectMetadata
    {
        public string ProjectPath { get; } =
            Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../../Probe/Probe.csproj"));
    }
}
