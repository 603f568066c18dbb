using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace PayFlow.Benchmarks;

/// <summary>The product as it ships, started by its own command on fresh data in the configuration of this build.</summary>
internal sealed class RunningPayFlow : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly string _data;
    private readonly Process _appHost;

    private RunningPayFlow(string data, Process appHost, string broker)
    {
        _data = data;
        _appHost = appHost;
        Broker = broker;
        Api = new HttpClient { BaseAddress = new Uri($"{Url("web")}/api/v1/"), Timeout = TimeSpan.FromSeconds(30) };
        Accounts = new HttpClient { BaseAddress = new Uri($"{Url("accounts")}/"), Timeout = TimeSpan.FromSeconds(30) };
    }

    public string Broker { get; }

    /// <summary>Ends the name of every figure that was measured here.</summary>
    public required string Suffix { get; init; }

    /// <summary>The API as clients reach it, through the gateway.</summary>
    public HttpClient Api { get; }

    /// <summary>Accounts itself, past the gateway and its limits.</summary>
    public HttpClient Accounts { get; }

    /// <param name="kafkaHome">An Apache Kafka, or null for the in-memory broker.</param>
    public static async Task<RunningPayFlow> StartAsync(string? kafkaHome)
    {
        var data = Directory.CreateTempSubdirectory("payflow-benchmark-").FullName;
        var start = new ProcessStartInfo("dotnet", [AppHostAssembly(), "--data", data, "--port-base", "18080"]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.Environment["KAFKA_HOME"] = kafkaHome ?? "";
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var log = new List<string>();
        var appHost = new Process { StartInfo = start, EnableRaisingEvents = true };
        appHost.OutputDataReceived += (_, line) => Read(line.Data);
        appHost.ErrorDataReceived += (_, line) => Read(line.Data);
        appHost.Exited += (_, _) => ready.TrySetException(new InvalidOperationException($"PayFlow ended:\n{string.Join('\n', log.TakeLast(50))}"));
        appHost.Start();
        appHost.BeginOutputReadLine();
        appHost.BeginErrorReadLine();
        try
        {
            await ready.Task.WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            // Its guard ends all that it started.
            appHost.Kill();
            throw;
        }

        return new RunningPayFlow(data, appHost, kafkaHome is null ? "in-memory" : "Apache Kafka") { Suffix = kafkaHome is null ? "" : "-kafka" };

        void Read(string? line)
        {
            if (line is null || ready.Task.IsCompleted) return;
            lock (log) log.Add(line);
            if (line.Contains("PayFlow is ready", StringComparison.Ordinal)) ready.TrySetResult();
        }
    }

    /// <summary>PostgreSQL's own administrator, on one of its databases.</summary>
    public string Database(string name)
    {
        var address = Url("postgres").Split(':');
        return $"Host={address[0]};Port={address[1]};Database={name};Username=postgres;Password={File.ReadAllText(Path.Combine(_data, "secrets", "pg-password"))}";
    }

    public async ValueTask DisposeAsync()
    {
        Api.Dispose();
        Accounts.Dispose();
        if (!_appHost.HasExited)
        {
            using var term = Process.Start("kill", ["-TERM", _appHost.Id.ToString(CultureInfo.InvariantCulture)]);
            await _appHost.WaitForExitAsync().WaitAsync(Patience);
        }

        _appHost.Dispose();
        Directory.Delete(_data, recursive: true);
    }

    private static string AppHostAssembly()
    {
        const string Here = "tests/PayFlow.Benchmarks/";
        var path = AppContext.BaseDirectory;
        var at = path.LastIndexOf(Here, StringComparison.Ordinal);
        return Path.Combine(path[..at], "PayFlow.AppHost", path[(at + Here.Length)..], "PayFlow.AppHost.dll");
    }

    private string Url(string part) =>
        JsonElement.Parse(File.ReadAllText(Path.Combine(_data, "run.json"))).GetProperty("resources").GetProperty(part).GetProperty("url").GetString()!.TrimEnd('/');
}
