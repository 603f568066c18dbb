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

    /// <summary>Starts it with the settings and ends it when <paramref name="asks"/> is done.</summary>
    /// <param name="hears">Is told each line of its log.</param>
    public async Task RunAsync(
        IReadOnlyList<(string Name, string Value)> settings,
        Func<HttpClient, Task> asks,
        Action<string>? hears = null
    )
    {
        var address = string.Create(CultureInfo.InvariantCulture, $"http://localhost:{Ports.Free()}");
        var start = StartInfo(address, settings);
        using var process = new Process { StartInfo = start };
        var log = new ConcurrentQueue<string>();
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is not { } text)
                return;
            log.Enqueue(text);
            hears?.Invoke(text);
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
            catch (HttpRequestException deaf)
            {
                throw new InvalidOperationException(
                    $"{service} is not there. It said:\n{string.Join('\n', log)}",
                    deaf
                );
            }

            await asks(http);
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
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Production";
        start.Environment["ASPNETCORE_URLS"] = address;
        start.Environment["ConnectionStrings__" + _connection] = Own;
        start.Environment[$"ConnectionStrings__{_connection}-owner"] = Owner;
        // A group of its own would share the running product's work: nothing of its broker is read.
        start.Environment["ConnectionStrings__messaging"] = "localhost:9";
        start.Environment["services__accounts__http__0"] = payflow.Part("accounts").GetProperty("url").GetString();
        var tokens = payflow.ServiceTokens(service.ToLowerInvariant());
        foreach (var (name, value) in tokens)
            start.Environment[name] = value;
        start.Environment["NotificationKey"] = payflow.Secret("notification-key");
        start.Environment["MessageKeys__Ledger"] = payflow.Secret("ledger-message-key");
        start.Environment["MessageKeys__Notifications"] = payflow.Secret("notification-message-key");
        start.Environment["MessageKeys__Live"] = payflow.Secret("live-message-key");
        start.Environment["Identity__KeyEncryptionKey"] = payflow.Secret("identity-key");
        start.Environment["Identity__BcryptWorkFactor"] = "4";
        foreach (var (name, value) in RunningPayFlow.QuickStart.Concat(settings))
            start.Environment[name] = value;
        return start;
    }

    private string On(string connection) =>
        new NpgsqlConnectionStringBuilder(connection) { Database = _database }.ConnectionString;
}
