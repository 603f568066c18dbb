using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Npgsql;
using PayFlow.Tests;

namespace PayFlow.EndToEnd.Tests;

/// <summary>
/// One service alone, in a fresh production deployment without sample people: on a database of its own, beside the
/// running product.
/// </summary>
/// <param name="service">Such as <c>Accounts</c>.</param>
internal class ServiceAlone(RunningPayFlow payflow, string service)
{
    private readonly string _connection = service.ToLowerInvariant() + "db";
    private readonly string _database = $"alone_{Wallet.NewKey().Replace("-", "", StringComparison.Ordinal)}";

    private string Setting => "ConnectionStrings__" + _connection;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>The connection of its database's owner, who migrates.</summary>
    public string Owner => On(payflow.OwnerDatabase(_connection));

    /// <summary>The connection of the service itself.</summary>
    public string Own => On(payflow.ServiceDatabase(_connection));

    public async Task CreateDatabaseAsync()
    {
        await using var admin = NpgsqlDataSource.Create(payflow.Database("postgres"));
        await using var create = admin.CreateCommand($"create database {_database} owner {_connection}_owner");
        await create.ExecuteNonQueryAsync(Cancel);
    }

    /// <summary>Migrates the database in a process of its own, as a cluster does.</summary>
    /// <returns>The process's exit code and log.</returns>
    public async Task<(int ExitCode, string Log)> MigrateAsync()
    {
        var start = StartInfo(
            string.Create(CultureInfo.InvariantCulture, $"http://localhost:{Ports.Free()}"),
            [("Migrate", "only")]
        );
        using var process = Process.Start(start)!;
        var log = await process.StandardOutput.ReadToEndAsync(Cancel);
        await process.WaitForExitAsync(Cancel);
        return (process.ExitCode, log);
    }

    /// <summary>
    /// Starts it in this process and stops it when <paramref name="use"/> is done. The class of the test belongs to
    /// <see cref="HostedCollection"/>.
    /// </summary>
    /// <param name="log">Takes each message of its log.</param>
    public async Task HostAsync(
        IReadOnlyList<(string Name, string Value)> settings,
        Func<HttpClient, Task> use,
        Action<string>? log = null
    )
    {
        var all = Settings().Concat(settings).Select(one => one.Name == Setting ? (Setting, Brief(one.Value)) : one);
        await using var hosted = HostedServices.Create(service, [.. all], log);
        using var http = new HttpClient { BaseAddress = hosted.Start() };
        await use(http);
        Assert.False(hosted.IsStopping, $"{service} ended by itself.");
    }

    /// <summary>
    /// Starts it in a process of its own and ends it when <paramref name="use"/> is done: for tests of its log's lines,
    /// or of times against a promise.
    /// </summary>
    /// <param name="log">Takes each line of its log.</param>
    public async Task RunAsync(
        IReadOnlyList<(string Name, string Value)> settings,
        Func<HttpClient, Task> use,
        Action<string>? log = null
    )
    {
        var address = string.Create(CultureInfo.InvariantCulture, $"http://localhost:{Ports.Free()}");
        var start = StartInfo(address, settings);
        using var process = new Process { StartInfo = start };
        var lines = new ConcurrentQueue<string>();
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is not { } text)
                return;
            lines.Enqueue(text);
            log?.Invoke(text);
        };
        process.Start();
        process.BeginOutputReadLine();
        try
        {
            using var http = new HttpClient { BaseAddress = new Uri(address) };
            try
            {
                await Wallet.EventuallyAsync(
                    async () =>
                        Assert.True(process.HasExited || (await http.GetAsync("/alive", Cancel)).IsSuccessStatusCode),
                    RunningPayFlow.StartTimeout
                );
            }
            catch (HttpRequestException unreachable)
            {
                throw new InvalidOperationException(
                    $"{service} does not start. Its log:\n{string.Join('\n', lines)}",
                    unreachable
                );
            }

            await use(http);
            Assert.False(process.HasExited, $"{service} ended by itself.");
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync(Cancel);
        }
    }

    private ProcessStartInfo StartInfo(string address, IReadOnlyList<(string Name, string Value)> settings)
    {
        var start = new ProcessStartInfo(
            "dotnet",
            [RunningPayFlow.AppHostAssembly.Replace("PayFlow.AppHost", "PayFlow." + service, StringComparison.Ordinal)]
        )
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        };
        start.Environment["ASPNETCORE_URLS"] = address;
        foreach (var (name, value) in QuickStart.Variables.Concat(Settings()).Concat(settings))
            start.Environment[name] = value;
        return start;
    }

    private IEnumerable<(string Name, string Value)> Settings() =>
        [
            ("ASPNETCORE_ENVIRONMENT", "Production"),
            (Setting, Own),
            (Setting + "-owner", Owner),
            // A group of its own would share the running product's work: nothing of its broker is read.
            ("ConnectionStrings__messaging", "localhost:9"),
            ("services__accounts__http__0", payflow.Part("accounts").GetProperty("url").GetString()!),
            .. payflow.ServiceTokens(service.ToLowerInvariant()),
            ("NotificationKey", payflow.Secret("notification-key")),
            ("MessageKeys__Ledger", payflow.Secret("ledger-message-key")),
            ("MessageKeys__Notifications", payflow.Secret("notification-message-key")),
            ("MessageKeys__Live", payflow.Secret("live-message-key")),
            ("Identity__KeyEncryptionKey", payflow.Secret("identity-key")),
            ("Identity__BcryptWorkFactor", "4"),
        ];

    /// <summary>The pool outlives the service in this process: it gives back its connections soon.</summary>
    private static string Brief(string connection) =>
        new NpgsqlConnectionStringBuilder(connection)
        {
            ConnectionIdleLifetime = 5,
            ConnectionPruningInterval = 5,
        }.ConnectionString;

    private string On(string connection) =>
        new NpgsqlConnectionStringBuilder(connection) { Database = _database }.ConnectionString;
}
