using System.Diagnostics;
using System.Globalization;
using Npgsql;
using PayFlow.Tests;

namespace PayFlow.EndToEnd.Tests;

/// <summary>A fresh production deployment, where there are no sample people: Accounts alone, on a database of its own, beside the running product.</summary>
internal sealed class AccountsAlone(RunningPayFlow payflow)
{
    private readonly string _database = $"alone_{Wallet.NewKey().Replace("-", "", StringComparison.Ordinal)}";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>The connection of its database's owner, who migrates.</summary>
    public string Owner => On(payflow.OwnerDatabase("accountsdb"));

    public async Task CreateDatabaseAsync()
    {
        await using var admin = NpgsqlDataSource.Create(payflow.Database("postgres"));
        await using var create = admin.CreateCommand($"create database {_database} owner accountsdb_owner");
        await create.ExecuteNonQueryAsync(Cancel);
    }

    /// <summary>Starts it with the settings and ends it when <paramref name="asks"/> is done.</summary>
    /// <param name="hears">Is told each line of its log.</param>
    public async Task RunAsync(IReadOnlyList<(string Name, string Value)> settings, Func<HttpClient, Task> asks, Action<string>? hears = null)
    {
        var address = string.Create(CultureInfo.InvariantCulture, $"http://localhost:{Ports.Free()}");
        var start = new ProcessStartInfo("dotnet", [RunningPayFlow.AppHostAssembly.Replace("PayFlow.AppHost", "PayFlow.Accounts", StringComparison.Ordinal)]) { UseShellExecute = false, RedirectStandardOutput = true };
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Production";
        start.Environment["ASPNETCORE_URLS"] = address;
        start.Environment["ConnectionStrings__accountsdb"] = On(payflow.ServiceDatabase("accountsdb"));
        start.Environment["ConnectionStrings__accountsdb-owner"] = Owner;
        // A group of its own would share the running product's work: nothing of its broker is read.
        start.Environment["ConnectionStrings__messaging"] = "localhost:9";
        start.Environment["ServiceToken"] = payflow.Secret("service-token");
        start.Environment["NotificationKey"] = payflow.Secret("notification-key");
        start.Environment["Identity__KeyEncryptionKey"] = payflow.Secret("identity-key");
        start.Environment["Identity__BcryptWorkFactor"] = "4";
        foreach (var (name, value) in settings) start.Environment[name] = value;
        using var accounts = new Process { StartInfo = start };
        accounts.OutputDataReceived += (_, line) =>
        {
            if (line.Data is { } text) hears?.Invoke(text);
        };
        accounts.Start();
        accounts.BeginOutputReadLine();
        try
        {
            using var http = new HttpClient { BaseAddress = new Uri(address) };
            await Wallet.EventuallyAsync(async () => Assert.True((await http.GetAsync("/alive", Cancel)).IsSuccessStatusCode));
            await asks(http);
        }
        finally
        {
            accounts.Kill();
            await accounts.WaitForExitAsync(Cancel);
        }
    }

    private string On(string connection) => new NpgsqlConnectionStringBuilder(connection) { Database = _database }.ConnectionString;
}
