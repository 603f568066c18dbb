using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using PayFlow.ServiceDefaults.Connections;
using PayFlow.ServiceDefaults.Messaging;
using PayFlow.Tests;

namespace PayFlow.EndToEnd.Tests;

/// <summary>
/// The whole product, started by its own command on fresh data and ports of its own when the first test needs it, and
/// stopped at the end.
/// </summary>
public abstract class RunningPayFlow(bool apacheKafka) : IAsyncDisposable
{
    /// <summary>How many classes may use it at once: more than run at once.</summary>
    private const int Places = 16;

    /// <summary>Longer than the run of all tests, so that nobody has to sign in twice.</summary>
    public static readonly TimeSpan TokenLifetime = TimeSpan.FromHours(1);

    /// <summary>
    /// Tells a start that hangs from one that is slow: other whole products run beside this one on the same processors.
    /// </summary>
    internal static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(4);

    private readonly string _data = Path.Combine(
        "/tmp",
        $"payflow-test-{Environment.ProcessId}-{Random.Shared.Next():x}"
    );
    private readonly StringBuilder _log = new();
    private readonly SemaphoreSlim _places = new(Places);
    private Task? _start;
    private Process? _appHost;
    private TelemetrySink? _telemetry;

    /// <summary>
    /// The API as clients reach it, through the gateway; paths are relative, such as <c>accounts/lookup</c>. Like the
    /// other clients it asks as the sample admin, where a request does not say who asks.
    /// </summary>
    public HttpClient Api { get; private set; } = new();

    /// <summary>What a request carries that shall come from nobody, not from the client's own admin.</summary>
    public static AuthenticationHeaderValue Nobody { get; } = new("Nobody");

    /// <summary>The services themselves, for what the gateway does not route.</summary>
    public HttpClient Accounts { get; private set; } = new();

    public HttpClient Transactions { get; private set; } = new();

    public HttpClient Notifications { get; private set; } = new();

    /// <summary>
    /// The sample people's balances when it said that it is ready, by handle: no test has paid anybody yet.
    /// </summary>
    public IReadOnlyDictionary<string, string?> BalancesAtReady { get; private set; } =
        new Dictionary<string, string?>(StringComparer.Ordinal);

    /// <summary>Signs confirmations of payments, as Accounts does for who shows their PIN.</summary>
    public Confirmations Confirmations => field ??= new Confirmations(this);

    /// <summary>Where e-mail goes.</summary>
    public MailSink Mail { get; } = new();

    /// <summary>Where all services send their traces; nowhere on Apache Kafka.</summary>
    public TelemetrySink Telemetry => _telemetry!;

    /// <summary>The broker's address.</summary>
    public string Kafka => Part("messaging").GetProperty("url").GetString()!;

    /// <summary>
    /// How a user reaches it: a service, or the administrator, who may do everything. The in-memory broker asks nobody.
    /// </summary>
    public KafkaConnection KafkaAs(string user) => KafkaConnection.Parse(KafkaConnectionString(user));

    /// <summary>The same as a connection string.</summary>
    public string KafkaConnectionString(string user = BrokerAccess.Administrator)
    {
        if (!IsApacheKafka)
            return Kafka;
        var mechanism = user == BrokerAccess.Administrator ? "PLAIN" : "SCRAM-SHA-512";
        return $"{Kafka};security.protocol=SASL_PLAINTEXT;sasl.mechanism={mechanism}"
            + $";sasl.username={user};sasl.password={Secret("kafka-" + user)}";
    }

    public bool IsApacheKafka => apacheKafka;

    /// <summary>The Apache Kafka to test on; null where there is none.</summary>
    protected static string? KafkaHome =>
        Environment.GetEnvironmentVariable("KAFKA_HOME") is { Length: > 0 } home ? home : null;

    /// <summary>PostgreSQL's own administrator, on one of its databases.</summary>
    public string Database(string name) => Connection(name, "postgres", "pg-password") + ";Command Timeout=0";

    /// <summary>A service's own connection: the role and the password that the engine gives it.</summary>
    public string ServiceDatabase(string name, string? database = null) =>
        Connection(database ?? name, $"{name}_service", $"{name}_service");

    /// <summary>The connection that only migrations use.</summary>
    public string OwnerDatabase(string name) => Connection(name, $"{name}_owner", $"{name}_owner");

    /// <summary>What one service shows another one, as <c>ServiceToken</c> of ServiceDefaults knows it.</summary>
    public string ServiceToken(string caller, string called) => Secret($"token-{caller}-{called}");

    /// <summary>The settings by which a service knows its callers and shows itself to others, as variables.</summary>
    public IEnumerable<(string Name, string Value)> ServiceTokens(string service)
    {
        foreach (var file in Directory.EnumerateFiles(Path.Combine(_data, "secrets"), "token-*"))
        {
            if (Path.GetFileName(file).Split('-') is not [_, var caller, var called])
                continue;
            if (caller == service)
                yield return ($"ServiceTokens__To__{called}", ServiceToken(caller, called));
            if (called == service)
                yield return ($"ServiceTokens__From__{caller}", ServiceToken(caller, called));
        }
    }

    /// <summary>A secret that the engine made for its services.</summary>
    public string Secret(string name) => File.ReadAllText(Path.Combine(_data, "secrets", name));

    /// <summary>All of them.</summary>
    public IEnumerable<string> Secrets => Directory.GetFiles(Path.Combine(_data, "secrets")).Select(File.ReadAllText);

    /// <summary>What the running product says of one of its parts: pid and address.</summary>
    public JsonElement Part(string name) =>
        JsonElement.Parse(File.ReadAllText(Path.Combine(_data, "run.json"))).GetProperty("resources").GetProperty(name);

    public int ProcessId(string name) => Part(name).GetProperty("pid").GetInt32();

    public string Log
    {
        get
        {
            lock (_log)
                return _log.ToString();
        }
    }

    /// <summary>The product's command, built beside these tests in the same configuration.</summary>
    public static string AppHostAssembly
    {
        get
        {
            var here = AppContext.BaseDirectory;
            const string Project = "PayFlow.EndToEnd.Tests/";
            var output = here[(here.LastIndexOf(Project, StringComparison.Ordinal) + Project.Length)..];
            return Path.Combine(
                here[..here.LastIndexOf("tests/" + Project, StringComparison.Ordinal)],
                "PayFlow.AppHost",
                output,
                "PayFlow.AppHost.dll"
            );
        }
    }

    public async Task<AuthenticationHeaderValue> SignInAsync(string email, string password)
    {
        using var answer = await Accounts.PostAsJsonAsync("/auth/sign-in", new { email, password });
        answer.EnsureSuccessStatusCode();
        return new AuthenticationHeaderValue(
            "Bearer",
            (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("accessToken").GetString()
        );
    }

    /// <summary>Sets a new password by the code of the first e-mail that brings one.</summary>
    public async Task ResetPasswordAsync(string email, string password)
    {
        using var asked = await Accounts.PostAsJsonAsync("/auth/forgot-password", new { email });
        asked.EnsureSuccessStatusCode();
        var code = await Mail.CodeAsync(email, "Reset your PayFlow password");
        using var reset = await Accounts.PostAsJsonAsync("/auth/reset-password", new { code, password });
        reset.EnsureSuccessStatusCode();
    }

    /// <summary>Asserts that every service is there and lets people in.</summary>
    public async Task AssertIsUpAsync()
    {
        foreach (var service in new[] { Accounts, Transactions, Notifications, Api })
        {
            Assert.Equal(
                "Healthy",
                await service.GetStringAsync(
                    new Uri("/health", UriKind.Relative),
                    TestContext.Current.CancellationToken
                )
            );
        }

        foreach (var path in new[] { "accounts/me", "transactions?limit=1", "notifications?limit=1" })
        {
            using var answer = await Api.GetAsync(
                new Uri(path, UriKind.Relative),
                TestContext.Current.CancellationToken
            );
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }

    private string Connection(string database, string user, string secret)
    {
        var address = Part("postgres").GetProperty("url").GetString()!.Split(':');
        return $"Host={address[0]};Port={address[1]};Database={database};Username={user};Password={Secret(secret)}"
            + ";Maximum Pool Size=8";
    }

    /// <summary>
    /// Starts it if it is not up, and waits until no test has it alone. <see cref="Leave"/> ends the use.
    /// </summary>
    public async ValueTask EnterAsync()
    {
        await StartOnceAsync();
        await _places.WaitAsync();
    }

    public void Leave() => _places.Release();

    /// <summary>
    /// Starts it if it is not up, and waits until no other test uses it. <see cref="LeaveAlone"/> ends the use.
    /// </summary>
    public async ValueTask EnterAloneAsync()
    {
        await StartOnceAsync();
        for (var place = 0; place < Places; place++)
            await _places.WaitAsync();
    }

    public void LeaveAlone() => _places.Release(Places);

    /// <summary>A start that failed is not tried again: each class that needs the product fails with its log.</summary>
    private Task StartOnceAsync()
    {
        lock (_places)
            return _start ??= StartAsync();
    }

    private async Task StartAsync()
    {
        if (apacheKafka && KafkaHome is null)
            return;
        // The services in a row, and Prometheus.
        var port = Ports.FreeInARow(4, apart: 1010);
        var start = new ProcessStartInfo(
            "dotnet",
            [
                AppHostAssembly,
                "--data",
                _data,
                "--port-base",
                port.ToString(CultureInfo.InvariantCulture),
                .. apacheKafka ? (string[])[] : ["--prometheus"],
            ]
        )
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        // People sign up by the hundred here, and stay signed in for the whole run.
        start.Environment["Identity__BcryptWorkFactor"] = "4";
        start.Environment["Access__TokenLifetime"] = TokenLifetime.ToString();
        start.Environment["RateLimits__SignIn__Burst"] = "1000";
        start.Environment["RateLimits__SignIn__PerSecond"] = "1000";
        foreach (var bucket in new[] { "User", "Login", "Address" })
        {
            start.Environment[$"Identity__Hashing__{bucket}__Burst"] = "1000";
            start.Environment[$"Identity__Hashing__{bucket}__PerSecond"] = "1000";
        }

        foreach (var (name, value) in QuickStart.Variables)
            start.Environment[name] = value;
        // No test measures a hop, and two hundred fetches a second of each consumer take a quarter of a processor.
        start.Environment["Messaging__InMemoryFetchWait"] = "00:00:00.050";
        start.Environment["Adjustments__ApproveAbove"] = "10000000";
        start.Environment["KAFKA_HOME"] = apacheKafka ? KafkaHome : "";
        Mail.Start();
        start.Environment["ConnectionStrings__smtp"] = Mail.ConnectionString;
        // No test on Apache Kafka reads telemetry, and each export takes time from those that run.
        if (!apacheKafka)
        {
            _telemetry = await TelemetrySink.StartAsync();
            start.Environment["OTEL_EXPORTER_OTLP_ENDPOINT"] = _telemetry.Endpoint;
            start.Environment["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf";
            start.Environment["OTEL_BSP_SCHEDULE_DELAY"] = "250";
            start.Environment["OTEL_METRIC_EXPORT_INTERVAL"] = "5000";
        }

        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _appHost = new Process { StartInfo = start, EnableRaisingEvents = true };
        _appHost.OutputDataReceived += (_, line) => Read(line.Data);
        _appHost.ErrorDataReceived += (_, line) => Read(line.Data);
        _appHost.Exited += (_, _) =>
            ready.TrySetException(new InvalidOperationException("The app host ended:\n" + Log));
        _appHost.Start();
        _appHost.BeginOutputReadLine();
        _appHost.BeginErrorReadLine();
        try
        {
            await ready.Task.WaitAsync(StartTimeout);
        }
        catch (TimeoutException late)
        {
            throw new InvalidOperationException("PayFlow was not ready in time:\n" + Log, late);
        }

        Api = Client(port, "/api/v1/");
        Accounts = Client(port + 1);
        Transactions = Client(port + 2);
        Notifications = Client(port + 3);
        var admin = await SignInAsync("admin@payflow.example", "payflow-demo-1");
        foreach (var client in new[] { Api, Accounts, Transactions, Notifications })
            client.DefaultRequestHeaders.Authorization = admin;
        BalancesAtReady = await SampleBalancesAsync();

        async Task<Dictionary<string, string?>> SampleBalancesAsync()
        {
            var balances = new Dictionary<string, string?>(StringComparer.Ordinal);
            foreach (var handle in new[] { "@vikram", "@chaipoint", "@admin" })
            {
                var id = (await Accounts.GetFromJsonAsync<JsonElement>($"/accounts/lookup?to={handle}"))
                    .GetProperty("id")
                    .GetGuid();
                balances[handle] = (await Accounts.GetFromJsonAsync<JsonElement>($"/accounts/{id}"))
                    .GetProperty("balance")
                    .GetString();
            }

            return balances;
        }

        static HttpClient Client(int port, string path = "/") =>
            new()
            {
                BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://localhost:{port}{path}")),
                Timeout = TimeSpan.FromMinutes(2),
            };

        void Read(string? line)
        {
            if (line is null)
                return;
            lock (_log)
                _log.AppendLine(line);
            if (line.Contains("PayFlow is ready", StringComparison.Ordinal))
                ready.TrySetResult();
        }
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        foreach (var client in new[] { Api, Accounts, Transactions, Notifications })
            client.Dispose();
        if (_appHost is { HasExited: false })
        {
            using var term = Process.Start("kill", ["-TERM", _appHost.Id.ToString(CultureInfo.InvariantCulture)]);
            using var late = new CancellationTokenSource(TimeSpan.FromMinutes(2));
            await _appHost.WaitForExitAsync(late.Token);
        }

        _appHost?.Dispose();
        _places.Dispose();
        await Mail.DisposeAsync();
        if (_telemetry is not null)
            await _telemetry.DisposeAsync();
        if (Directory.Exists(_data))
            Directory.Delete(_data, recursive: true);
    }
}
