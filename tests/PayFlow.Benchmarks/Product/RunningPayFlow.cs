using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using PayFlow.ServiceDefaults.Connections;

namespace PayFlow.Benchmarks.Product;

/// <summary>
/// The product as it ships, started by its own command on fresh data in the configuration of this build.
/// </summary>
internal sealed class RunningPayFlow : IAsyncDisposable
{
    public static readonly IReadOnlyList<string> Services = ["accounts", "transactions", "notifications", "web"];

    /// <summary>The wallet's port; the services, and what else there is, have the next ones.</summary>
    public const int PortBase = 18080;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(120);

    private const int LogLines = 100;

    private readonly string _data;
    private readonly Process _appHost;
    private readonly Queue<string> _log;

    private RunningPayFlow(string data, Process appHost, Queue<string> log, string? kafkaHome)
    {
        _log = log;
        _data = data;
        _appHost = appHost;
        KafkaHome = kafkaHome;
        Api = new HttpClient { BaseAddress = new Uri($"{Url("web")}/api/v1/"), Timeout = TimeSpan.FromSeconds(30) };
        Accounts = new HttpClient { BaseAddress = new Uri($"{Url("accounts")}/"), Timeout = TimeSpan.FromSeconds(30) };
    }

    /// <summary>The Apache Kafka it runs on; null on the in-memory broker.</summary>
    public string? KafkaHome { get; }

    public bool IsInMemory => KafkaHome is null;

    public string Broker => IsInMemory ? "in-memory" : "Apache Kafka";

    /// <summary>Ends the name of every figure that was measured here.</summary>
    public string Suffix => IsInMemory ? "" : "-kafka";

    /// <summary>The API as clients reach it, through the gateway.</summary>
    public HttpClient Api { get; }

    /// <summary>Accounts itself, past the gateway and its limits.</summary>
    public HttpClient Accounts { get; }

    /// <summary>The processes by name: the services, <c>postgres</c> and <c>messaging</c>.</summary>
    public IReadOnlyDictionary<string, int> Pids =>
        Parts
            .EnumerateObject()
            .Where(part => part.Value.GetProperty("pid").ValueKind == JsonValueKind.Number)
            .ToDictionary(part => part.Name, part => part.Value.GetProperty("pid").GetInt32(), StringComparer.Ordinal);

    /// <summary>The broker's <c>host:port</c>.</summary>
    /// <summary>
    /// The administrator's on Apache Kafka. The in-memory broker asks nobody, and neither did an older version's Apache
    /// Kafka.
    /// </summary>
    public KafkaConnection BrokerConnection =>
        KafkaConnection.Parse(
            IsInMemory || !File.Exists(Path.Combine(_data, "secrets", "kafka-admin"))
                ? Url("messaging")
                : $"{Url("messaging")};security.protocol=SASL_PLAINTEXT;sasl.mechanism=PLAIN"
                    + $";sasl.username=admin;sasl.password={Secret("kafka-admin")}"
        );

    /// <summary>What Web shows Accounts for its <c>/internal</c> paths.</summary>
    public string ServiceToken => Secret(HasSessionKeys ? "token-web-accounts" : "service-token");

    /// <summary>Whether an access token needs a session's key beside its id; another checkout may be older.</summary>
    public bool HasSessionKeys => File.Exists(Path.Combine(_data, "secrets", "token-web-accounts"));

    /// <param name="kafkaHome">An Apache Kafka, or null for the in-memory broker.</param>
    /// <param name="portBase">Ports of its own for one that runs beside another.</param>
    /// <param name="settings">Variables of the environment that are set otherwise, each as NAME=VALUE.</param>
    public static Task<RunningPayFlow> StartAsync(
        string? kafkaHome,
        int portBase,
        params IEnumerable<string> settings
    ) => StartAsync(kafkaHome, portBase, null, settings);

    /// <param name="checkout">Another checkout whose build is started; null for this one.</param>
    public static async Task<RunningPayFlow> StartAsync(
        string? kafkaHome,
        int portBase,
        string? checkout,
        IEnumerable<string> settings
    )
    {
        var folder = Directory.CreateTempSubdirectory("payflow-benchmark-");
        // PostgreSQL's user may pass, or its cluster would be kept elsewhere and outlive this folder.
        if (!OperatingSystem.IsWindows())
            folder.UnixFileMode |= UnixFileMode.OtherExecute;
        var data = folder.FullName;
        var start = new ProcessStartInfo(
            "dotnet",
            [AppHostAssembly(checkout), "--data", data, "--port-base", portBase.ToString(CultureInfo.InvariantCulture)]
        )
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment["KAFKA_HOME"] = kafkaHome ?? "";
        // One admin gives everybody their money.
        start.Environment["Adjustments__ApproveAbove"] = "1000000000000";
        foreach (var setting in settings)
        {
            if (setting.Split('=', 2) is [var name, var value])
                start.Environment[name] = value;
        }

        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var log = new Queue<string>();
        var appHost = new Process { StartInfo = start, EnableRaisingEvents = true };
        appHost.OutputDataReceived += (_, line) => Read(line.Data);
        appHost.ErrorDataReceived += (_, line) => Read(line.Data);
        appHost.Exited += (_, _) =>
            ready.TrySetException(new InvalidOperationException($"PayFlow ended:\n{string.Join('\n', log)}"));
        appHost.Start();
        appHost.BeginOutputReadLine();
        appHost.BeginErrorReadLine();
        try
        {
            await ready.Task.WaitAsync(Timeout);
        }
        catch (TimeoutException)
        {
            // Its guard ends all that it started.
            appHost.Kill();
            throw;
        }

        return new RunningPayFlow(data, appHost, log, kafkaHome);

        void Read(string? line)
        {
            if (line is null)
                return;
            lock (log)
            {
                if (log.Count == LogLines)
                    log.Dequeue();
                log.Enqueue(line);
            }

            if (line.Contains("PayFlow is ready", StringComparison.Ordinal))
                ready.TrySetResult();
        }
    }

    /// <summary>
    /// What is stopped while something else is measured on the same PostgreSQL. The broker is not: nobody asks it for
    /// anything then.
    /// </summary>
    public IReadOnlyList<int> ServicePids => [.. Services.Select(service => Pids[service])];

    // Written anew when a part was started again.
    private JsonElement Parts =>
        JsonElement.Parse(File.ReadAllText(Path.Combine(_data, "run.json"))).GetProperty("resources");

    /// <summary>PostgreSQL's own administrator, on one of its databases.</summary>
    public string Database(string name)
    {
        var (host, port, password) = PostgresAddress;
        return $"Host={host};Port={port};Database={name};Username=postgres;Password={password};Command Timeout=600";
    }

    public (string Host, string Port, string Password) PostgresAddress =>
        (Url("postgres").Split(':')[0], Url("postgres").Split(':')[1], Secret("pg-password"));

    public Uri Address(string service) => new(Url(service));

    /// <summary>
    /// The sum of a metric over its labels, as the service's <c>/metrics</c> shows it; 0 where it is not there yet.
    /// </summary>
    public async Task<double> MetricAsync(string service, string name)
    {
        var text = await Accounts.GetStringAsync(new Uri(Address(service), "/metrics"));
        return text.Split('\n')
            .Where(line =>
                line.StartsWith(name, StringComparison.Ordinal)
                && line.Length > name.Length
                && line[name.Length] is ' ' or '{'
            )
            .Sum(line =>
                double.Parse(
                    line[(line.LastIndexOf('}') + 1)..].TrimStart(name.ToCharArray()).Trim().Split(' ')[0],
                    CultureInfo.InvariantCulture
                )
            );
    }

    /// <summary>The last that the product said, requests left out: what a run that failed is explained by.</summary>
    public string LastWords()
    {
        lock (_log)
            return string.Join('\n', _log.Where(line => !line.Contains(" trace=", StringComparison.Ordinal)));
    }

    public async ValueTask DisposeAsync()
    {
        Api.Dispose();
        Accounts.Dispose();
        if (!_appHost.HasExited)
        {
            Signals.Thaw(ServicePids);
            Signals.Send(_appHost.Id, Signals.Terminate);
            await _appHost.WaitForExitAsync().WaitAsync(Timeout);
        }

        _appHost.Dispose();
        Directory.Delete(_data, recursive: true);
    }

    private static string AppHostAssembly(string? checkout)
    {
        const string Here = "tests/PayFlow.Benchmarks/";
        var path = AppContext.BaseDirectory;
        var at = path.LastIndexOf(Here, StringComparison.Ordinal);
        return Path.Combine(
            checkout ?? path[..at],
            "PayFlow.AppHost",
            path[(at + Here.Length)..],
            "PayFlow.AppHost.dll"
        );
    }

    private string Secret(string name) => File.ReadAllText(Path.Combine(_data, "secrets", name));

    private string Url(string part) => Parts.GetProperty(part).GetProperty("url").GetString()!.TrimEnd('/');
}
