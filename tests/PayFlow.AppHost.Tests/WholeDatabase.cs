using System.Diagnostics;
using System.Text.Json;
using Aspire.Hosting;
using Npgsql;
using PayFlow.AppHost.Embedded;

namespace PayFlow.AppHost.Tests;

/// <summary>A data folder with a database that holds one row, made once; each test works on a copy of it.</summary>
public sealed class WholeDatabase : IAsyncLifetime
{
    public const string Row = "a paisa";

    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(2);

    private readonly TempFolder _temp = new();
    private int _copies;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Permissions are copied by cp.");
        Assert.Null(
            await AskAsync(_temp["data"], $"create table money (amount text); insert into money values ('{Row}')")
        );
    }

    public ValueTask DisposeAsync()
    {
        _temp.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>With the owners and permissions of the first.</summary>
    internal async Task<string> CopyAsync()
    {
        var copy = _temp[$"copy-{Interlocked.Increment(ref _copies)}"];
        await CommandLine.MustRunAsync(new ProcessStartInfo("cp", ["-a", _temp["data"], copy]));
        return copy;
    }

    /// <summary>Starts the database alone.</summary>
    internal static async Task RunAsync(string data, CancellationToken stop)
    {
        var builder = DistributedApplication.CreateBuilder(["--data", data]);
        builder.AddPostgres("postgres").AddDatabase("shopdb");
        await EmbeddedRun.RunAsync(((EmbeddedBuilder)builder).Resources, RunOptions.From(builder.Configuration), stop);
    }

    /// <returns>What the statement answers on the running database.</returns>
    internal static async Task<string?> AskAsync(string data, string sql)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var run = RunAsync(data, stop.Token);
        var file = Path.Combine(data, "run.json");
        var ready = Eventually.AppearsAsync(
            "the database runs",
            Timeout,
            () => File.Exists(file) ? JsonDocument.Parse(File.ReadAllText(file)) : null
        );
        // A start that is refused ends the wait with its reason.
        if (await Task.WhenAny(run, ready) == run)
            await run;
        using var document = await ready;
        var address = document
            .RootElement.GetProperty("resources")
            .GetProperty("postgres")
            .GetProperty("url")
            .GetString()!
            .Split(':');
        var password = await File.ReadAllTextAsync(
            Path.Combine(data, "secrets", "pg-password"),
            TestContext.Current.CancellationToken
        );
        await using var source = NpgsqlDataSource.Create(
            $"Host={address[0]};Port={address[1]};Database=shopdb;Username=postgres;Password={password}"
        );
        await using (var command = source.CreateCommand(sql))
        {
            var answer = (string?)await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
            await stop.CancelAsync();
            await run;
            return answer;
        }
    }
}
