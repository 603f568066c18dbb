using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Npgsql;
using PayFlow.Tests;

namespace PayFlow.EndToEnd.Tests;

/// <summary>A fresh production deployment, where there are no sample people: Accounts alone, on a database of its own.</summary>
[Collection(InMemoryKafkaCollection.Name)]
public sealed class FirstAdminTests(OnInMemoryKafka payflow)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly string _database = $"first_admin_{Wallet.NewKey().Replace("-", "", StringComparison.Ordinal)}";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_has_verified_the_address_that_is_named_is_admin_from_the_next_start_and_nobody_is_after_them()
    {
        await using (var admin = NpgsqlDataSource.Create(payflow.Database("postgres")))
        {
            await using var create = admin.CreateCommand($"create database {_database} owner accountsdb_owner");
            await create.ExecuteNonQueryAsync(Cancel);
        }

        await using var database = NpgsqlDataSource.Create(On(payflow.Database("postgres")));
        const string First = "first@example.org", Second = "second@example.org";
        await RunAsync(First, "nobody has signed up", async accounts =>
        {
            await SignUpAsync(accounts, First);
            await SignUpAsync(accounts, Second);
        });
        // Anybody can sign up with anybody's address: that alone does not do.
        await RunAsync(First, "nobody has signed up", async accounts => Assert.Equal(["customer"], await RolesAsync(accounts, First)));
        await using (var verify = database.CreateCommand("update users set email_confirmed = true")) Assert.Equal(2, await verify.ExecuteNonQueryAsync(Cancel));
        await RunAsync(First.ToUpperInvariant(), "is an admin now", async accounts => Assert.Equal(["customer", "admin"], await RolesAsync(accounts, First)));
        // Another address, the same one, or none of the two: there is an admin, who makes the others.
        await RunAsync(Second, "there is an admin", async accounts => Assert.Equal(["customer"], await RolesAsync(accounts, Second)));
        await RunAsync(First, "there is an admin", async accounts => Assert.Equal(["customer", "admin"], await RolesAsync(accounts, First)));

        await using var audited = database.CreateCommand("select actor || ' ' || (before->'roles')::text || ' ' || (after->'now'->'roles')::text || ' ' || (after->>'reason') from audit_log where action = 'roles_changed'");
        await using var rows = await audited.ExecuteReaderAsync(Cancel);
        Assert.True(await rows.ReadAsync(Cancel));
        Assert.Equal("system [\"customer\"] [\"customer\",\"admin\"] first admin", rows.GetString(0));
        Assert.False(await rows.ReadAsync(Cancel));
    }

    private static async Task SignUpAsync(HttpClient accounts, string email)
    {
        using var answer = await accounts.PostAsJsonAsync("/auth/sign-up", new { email, password = Wallet.Password, name = "Somebody", handle = email.Split('@')[0] }, Cancel);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Those that the person's token tells.</summary>
    private static async Task<IReadOnlyList<string>> RolesAsync(HttpClient accounts, string email)
    {
        using var answer = await accounts.PostAsJsonAsync("/auth/sign-in", new { email, password = Wallet.Password }, Cancel);
        answer.EnsureSuccessStatusCode();
        var token = (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("accessToken").GetString();
        return [.. new JsonWebToken(token).Claims.Where(claim => claim.Type == "roles").Select(claim => claim.Value)];
    }

    private string On(string connection) => new NpgsqlConnectionStringBuilder(connection) { Database = _database }.ConnectionString;

    /// <summary>Starts Accounts with the setting, waits until it says so, and ends it when <paramref name="asks"/> is done.</summary>
    private async Task RunAsync(string firstAdmin, string says, Func<HttpClient, Task> asks)
    {
        var address = string.Create(CultureInfo.InvariantCulture, $"http://localhost:{Ports.Free()}");
        var start = new ProcessStartInfo("dotnet", [RunningPayFlow.AppHostAssembly.Replace("PayFlow.AppHost", "PayFlow.Accounts", StringComparison.Ordinal)]) { UseShellExecute = false, RedirectStandardOutput = true };
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Production";
        start.Environment["ASPNETCORE_URLS"] = address;
        start.Environment["ConnectionStrings__accountsdb"] = On(payflow.ServiceDatabase("accountsdb"));
        start.Environment["ConnectionStrings__accountsdb-owner"] = On(payflow.OwnerDatabase("accountsdb"));
        // A group of its own would share the running product's work: nothing of its broker is read.
        start.Environment["ConnectionStrings__messaging"] = "localhost:9";
        start.Environment["ServiceToken"] = payflow.Secret("service-token");
        start.Environment["NotificationKey"] = payflow.Secret("notification-key");
        start.Environment["Identity__KeyEncryptionKey"] = payflow.Secret("identity-key");
        start.Environment["Identity__BcryptWorkFactor"] = "4";
        start.Environment["Identity__FirstAdmin"] = firstAdmin;
        var said = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var accounts = new Process { StartInfo = start };
        accounts.OutputDataReceived += (_, line) =>
        {
            if (line.Data?.Contains("Identity:FirstAdmin", StringComparison.Ordinal) is not true) return;
            if (line.Data.Contains(says, StringComparison.Ordinal)) said.TrySetResult();
            else said.TrySetException(new InvalidOperationException(line.Data));
        };
        accounts.Start();
        accounts.BeginOutputReadLine();
        try
        {
            await said.Task.WaitAsync(Patience, Cancel);
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
}
