using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using PayFlow.Tests;

namespace PayFlow.EndToEnd.Tests;

/// <summary>The three services and an empty broker, as somebody starts them on databases that were restored.</summary>
/// <param name="connection">A database's connection as its service; the name is the database's.</param>
internal sealed class RestoredServices(RunningPayFlow source, Func<string, string> connection) : IAsyncDisposable
{
    private static readonly string[] Names = ["accounts", "transactions", "notifications"];

    private readonly List<Process> _processes = [];
    private readonly Dictionary<string, HttpClient> _clients = new(StringComparer.Ordinal);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public HttpClient Accounts => _clients["accounts"];

    public HttpClient Transactions => _clients["transactions"];

    /// <summary>The broker's address.</summary>
    public string Kafka { get; private set; } = "";

    public async Task StartAsync()
    {
        var ports = Ports.FreeInARow(4);
        Kafka = string.Create(CultureInfo.InvariantCulture, $"localhost:{ports}");
        Run("PayFlow.AppHost", [], "in-memory-kafka", ports.ToString(CultureInfo.InvariantCulture));
        var addresses = Names
            .Select(
                (name, i) =>
                    (
                        Name: name,
                        Address: string.Create(CultureInfo.InvariantCulture, $"http://localhost:{ports + 1 + i}")
                    )
            )
            .ToList();
        foreach (var (name, address) in addresses)
        {
            _clients[name] = new HttpClient { BaseAddress = new Uri(address), Timeout = TimeSpan.FromMinutes(2) };
            Run(
                $"PayFlow.{char.ToUpperInvariant(name[0])}{name[1..]}",
                [
                    ("ASPNETCORE_ENVIRONMENT", "Production"),
                    ("ASPNETCORE_URLS", address),
                    ("Migrate", "never"),
                    ($"ConnectionStrings__{name}db", connection($"{name}db")),
                    ("ConnectionStrings__messaging", Kafka),
                    ("Messaging__InMemoryBroker", "true"),
                    .. source.ServiceTokens(name),
                    ("NotificationKey", source.Secret("notification-key")),
                    ("MessageKeys__Ledger", source.Secret("ledger-message-key")),
                    ("MessageKeys__Notifications", source.Secret("notification-message-key")),
                    ("MessageKeys__Live", source.Secret("live-message-key")),
                    ("Identity__KeyEncryptionKey", source.Secret("identity-key")),
                    ("Identity__BcryptWorkFactor", "4"),
                    ("OTEL_TRACES_EXPORTER", "none"),
                    .. addresses.Select(other => ($"services__{other.Name}__http__0", other.Address)),
                ]
            );
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
        foreach (var process in _processes)
        {
            if (!process.HasExited)
                process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
            process.Dispose();
        }

        foreach (var client in _clients.Values)
            client.Dispose();
    }

    private void Run(string project, (string Name, string Value)[] environment, params string[] arguments)
    {
        // The broker ends with its input, and its input is this process.
        var start = new ProcessStartInfo(
            "dotnet",
            [RunningPayFlow.AppHostAssembly.Replace("PayFlow.AppHost", project, StringComparison.Ordinal), .. arguments]
        )
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
        };
        foreach (var (name, value) in RunningPayFlow.QuickStart.Concat(environment))
            start.Environment[name] = value;
        _processes.Add(Process.Start(start)!);
    }
}
