using System.Net;
using System.Net.Http.Json;
using PayFlow.AppHost.Embedded;
using PayFlow.Tests;

namespace PayFlow.AppHost.Tests;

/// <summary>The whole product as processes: how runs begin, live side by side, end and begin again.</summary>
public sealed class LifecycleTests : IDisposable
{
    private const string Password = "one wallet for a test";

    private static readonly TimeSpan KillTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(25);
    private static readonly string[] Everything =
    [
        "accounts",
        "messaging",
        "notifications",
        "postgres",
        "transactions",
        "web",
    ];
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    private readonly TempFolder _temp = new();

    public LifecycleTests() =>
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Finding every process of a run reads /proc.");

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task A_killed_run_leaves_no_process_and_the_next_one_has_its_data()
    {
        // What an initdb that was cut short leaves behind: it must not be taken for a cluster.
        using (DataFolder.Open(_temp["data"], reset: false))
            _temp.Write("data/postgres/cluster/PG_VERSION", "15");
        var ports = Ports.FreeInARow(4);
        string person;
        string postgres;
        await using (var killed = new RunningAppHost(_temp["data"], ports))
        {
            await killed.IsReadyAsync();
            Assert.Equal(
                Everything,
                killed
                    .Run()
                    .GetProperty("resources")
                    .EnumerateObject()
                    .Select(resource => resource.Name)
                    .Order(StringComparer.Ordinal)
            );
            Assert.Contains("Messaging: in-memory broker", killed.Log, StringComparison.Ordinal);
            postgres = Address(killed, "postgres");
            person = await SignUpAsync(killed);
            killed.Kill();
            await killed.IsGoneAsync(KillTimeout);
        }

        await using var next = new RunningAppHost(_temp["data"], ports);
        await next.IsReadyAsync();
        Assert.Equal(HttpStatusCode.OK, await SignInAsync(next, person));
        Assert.Equal(postgres, Address(next, "postgres"));
        next.Terminate();
        await next.IsGoneAsync(StopTimeout);
        Assert.False(File.Exists(_temp["data/run.json"]));
        Assert.Contains(
            "database system is shut down",
            await File.ReadAllTextAsync(_temp["data/logs/postgres.log"], Cancel),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Two_run_side_by_side_and_neither_can_take_the_others_data()
    {
        var ports = Ports.FreeInARow(8);
        await using var left = new RunningAppHost(_temp["left"], ports);
        await using var right = new RunningAppHost(_temp["right"], ports + 4);
        await Task.WhenAll(left.IsReadyAsync(), right.IsReadyAsync());
        var person = await SignUpAsync(left);
        Assert.Equal(HttpStatusCode.Unauthorized, await SignInAsync(right, person));

        await using (var thief = new RunningAppHost(_temp["left"], Ports.FreeInARow(4), "--reset"))
        {
            Assert.Equal(1, await thief.EndsAsync());
            Assert.Contains("Another PayFlow runs", thief.Log, StringComparison.Ordinal);
        }

        right.Terminate();
        await right.IsGoneAsync(StopTimeout);
        Assert.Equal(HttpStatusCode.OK, await SignInAsync(left, person));
    }

    private static string Address(RunningAppHost run, string resource) =>
        run.Run().GetProperty("resources").GetProperty(resource).GetProperty("url").GetString()!;

    /// <returns>The address of somebody who has a wallet in this run's data.</returns>
    private static async Task<string> SignUpAsync(RunningAppHost run)
    {
        var name = Path.GetRandomFileName()[..8];
        using var answer = await run.Accounts.PostAsJsonAsync(
            "/auth/sign-up",
            new
            {
                email = $"{name}@payflow.example",
                password = Password,
                name,
                handle = name,
            },
            Cancel
        );
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return $"{name}@payflow.example";
    }

    /// <summary>401 where nobody is known by the address.</summary>
    private static async Task<HttpStatusCode> SignInAsync(RunningAppHost run, string email)
    {
        using var answer = await run.Accounts.PostAsJsonAsync(
            "/auth/sign-in",
            new { email, password = Password },
            Cancel
        );
        return answer.StatusCode;
    }
}
