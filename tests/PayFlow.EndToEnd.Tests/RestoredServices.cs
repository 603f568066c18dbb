using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using PayFlow.Tests;

namespace PayFlow.EndToEnd.Tests;

/// <summary>
/// The three services and an empty broker on databases that were restored. The services run in this process.
/// </summary>
/// <param name="connection">A database's connection as its service; the name is the database's.</param>
internal sealed class RestoredServices(RunningPayFlow source, Func<string, string> connection) : IAsyncDisposable
{
    private static readonly string[] Names = ["Accounts", "Transactions", "Notifications"];

    private readonly List<IHostedTestService> _services = [];
    private Process? _broker;
    private readonly Dictionary<string, HttpClient> _clients = new(StringComparer.Ordinal);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public HttpClient Accounts => _clients["Accounts"];

    public HttpClient Transactions => _clients["Transactions"];

    /// <summary>The broker's address.</summary>
    public string Kafka { get; private set; } = "";

    public async Task StartAsync()
    {
        var ports = Ports.FreeInARow(4);
        Kafka = string.Create(CultureInfo.InvariantCulture, $"localhost:{ports}");
        StartBroker(ports);
        for (var i = 0; i < Names.Length; i++)
        {
            var hosted = HostedServices.Create(Names[i], [.. Settings(Names[i].ToLowerInvariant(), ports + 1)]);
            _services.Add(hosted);
            _clients[Names[i]] = new HttpClient
            {
                BaseAddress = hosted.Start(ports + 1 + i),
                Timeout = TimeSpan.FromMinutes(2),
            };
        }

        foreach (var client in _clients.Values)
            await Wallet.EventuallyAsync(async () =>
                Assert.Equal("Healthy", await client.GetStringAsync(new Uri("/health", UriKind.Relative), Cancel))
            );
        using var answer = await Accounts.PostAsJsonAsync(
            "/auth/sign-in",
            new { email = "admin@payflow.example", password = "payflow-demo-1" },
            Cancel
        );
        var token = (await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>(Cancel))
            .GetProperty("accessToken")
            .GetString();
        foreach (var client in _clients.Values)
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients.Values)
            client.Dispose();
        foreach (var hosted in _services)
            await hosted.DisposeAsync();
        if (_broker is null)
            return;
        if (!_broker.HasExited)
            _broker.Kill();
        await _broker.WaitForExitAsync(CancellationToken.None);
        _broker.Dispose();
    }

    private IEnumerable<(string Name, string Value)> Settings(string service, int firstPort) =>
        [
            ("ASPNETCORE_ENVIRONMENT", "Production"),
            ("Migrate", "never"),
            ($"ConnectionStrings__{service}db", connection($"{service}db")),
            ("ConnectionStrings__messaging", Kafka),
            ("Messaging__InMemoryBroker", "true"),
            .. source.ServiceTokens(service),
            ("NotificationKey", source.Secret("notification-key")),
            ("MessageKeys__Ledger", source.Secret("ledger-message-key")),
            ("MessageKeys__Notifications", source.Secret("notification-message-key")),
            ("MessageKeys__Live", source.Secret("live-message-key")),
            ("Identity__KeyEncryptionKey", source.Secret("identity-key")),
            ("Identity__BcryptWorkFactor", "4"),
            ("OTEL_TRACES_EXPORTER", "none"),
            .. Names.Select(
                (other, i) =>
                    (
                        $"services__{other.ToLowerInvariant()}__http__0",
                        string.Create(CultureInfo.InvariantCulture, $"http://localhost:{firstPort + i}")
                    )
            ),
        ];

    private void StartBroker(int port)
    {
        // The broker ends with its input, and its input is this process.
        var start = new ProcessStartInfo(
            "dotnet",
            [RunningPayFlow.AppHostAssembly, "in-memory-kafka", port.ToString(CultureInfo.InvariantCulture)]
        )
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
        };
        foreach (var (name, value) in QuickStart.Variables)
            start.Environment[name] = value;
        _broker = Process.Start(start)!;
    }
}
