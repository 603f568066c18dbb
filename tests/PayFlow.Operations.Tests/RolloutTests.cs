namespace PayFlow.Operations.Tests;

/// <summary>deploy/rollout.sh with a kubectl that only notes what it is asked, and says what the test wants.</summary>
public sealed class RolloutTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("payflow-rollout-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task What_becomes_ready_stays()
    {
        var (code, said, asked) = await RollOutAsync(broken: "none");
        Assert.True(code == 0, said);
        Assert.Contains("no smoke test", said, StringComparison.Ordinal);
        Assert.DoesNotContain("undo", asked, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_one_does_not_become_ready_all_that_changed_go_back()
    {
        var (code, said, asked) = await RollOutAsync(broken: "transactions");
        Assert.Equal(1, code);
        Assert.Contains("Taken back, because transactions did not become ready", said, StringComparison.Ordinal);
        foreach (var service in new[] { "accounts", "transactions", "notifications", "web" }) Assert.Contains($"--namespace payflow rollout undo deployment/{service} --to-revision 7\n", asked, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_the_smoke_test_fails_it_goes_back()
    {
        // Nobody listens on a port that was just given back.
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        var port = ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        var (code, said, asked) = await RollOutAsync(broken: "none", smoke: $"http://127.0.0.1:{port}");
        Assert.Equal(1, code);
        Assert.Contains("Taken back, because the smoke test failed", said, StringComparison.Ordinal);
        Assert.Contains("rollout undo deployment/web --to-revision 7\n", asked, StringComparison.Ordinal);
    }

    private async Task<(int Code, string Said, string Asked)> RollOutAsync(string broken, string smoke = "")
    {
        var log = Path.Combine(_folder, "asked");
        var kubectl = Path.Combine(_folder, "kubectl");
        // Revision 7 before the manifests are applied, 8 after.
        await File.WriteAllTextAsync(kubectl, $$"""
            #!/bin/sh
            echo "$@" >> {{log}}
            case "$*" in
              *" get "*) grep -q apply {{log}} && revision=8 || revision=7; printf '{"deployment.kubernetes.io/revision":"%s","other":"1"}' $revision ;;
              *apply*) cat > /dev/null ;;
              *"rollout status deployment/{{broken}} "*) exit 1 ;;
            esac
            """, TestContext.Current.CancellationToken);
        var (code, said) = await Repository.RunAsync(Repository.In("deploy", "rollout.sh"), ["small"], new Dictionary<string, string>(StringComparer.Ordinal)
        {
            // Read by a shell: a file that was just written cannot be executed while another test, that starts something, still has it open.
            ["KUBECTL"] = $"sh {kubectl}",
            ["KUSTOMIZE"] = "echo",
            ["SMOKE_URL"] = smoke,
            ["SMOKE_RETRIES"] = "0",
        });
        return (code, said, await File.ReadAllTextAsync(log, TestContext.Current.CancellationToken));
    }
}
