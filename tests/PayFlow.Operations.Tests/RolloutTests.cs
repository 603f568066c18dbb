using System.Text.RegularExpressions;
using PayFlow.Tests;

namespace PayFlow.Operations.Tests;

/// <summary>deploy/rollout.sh with a kubectl that only notes what it is asked, and says what the test wants.</summary>
public sealed partial class RolloutTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("payflow-rollout-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task What_becomes_ready_stays()
    {
        var (code, said, asked) = await RollOutAsync();
        Assert.True(code == 0, said);
        Assert.Contains("no smoke test", said, StringComparison.Ordinal);
        Assert.Equal(["applied deploy/k3s/small"], Applied(asked));
        // A database first: the services wait for it.
        Assert.Equal(
            ["statefulset.apps/postgres", "deployment.apps/web", "deployment.apps/accounts"],
            asked
                .Split('\n')
                .Where(line => line.StartsWith("--namespace payflow rollout status ", StringComparison.Ordinal))
                .Select(line => line.Split(' ')[4])
        );
    }

    [Fact]
    public async Task The_manifests_may_be_another_checkout_s()
    {
        var (code, said, asked) = await RollOutAsync(release: "elsewhere");
        Assert.True(code == 0, said);
        Assert.Equal(["applied elsewhere/deploy/k3s/small"], Applied(asked));
    }

    [Fact]
    public async Task Where_one_does_not_become_ready_all_go_back_to_what_was_applied_before()
    {
        var (code, said, asked) = await RollOutAsync(broken: "deployment.apps/web");
        Assert.Equal(1, code);
        Assert.Contains("Taken back, because deployment.apps/web did not become ready", said, StringComparison.Ordinal);
        // The namespace was not made by a roll-out, so none takes it back.
        Assert.Contains(
            "--namespace payflow apply view-last-applied --output json configmap/web-env statefulset.apps/postgres "
                + "deployment.apps/accounts deployment.apps/web\n",
            asked,
            StringComparison.Ordinal
        );
        Assert.Equal(["applied deploy/k3s/small", "applied what was applied before"], Applied(asked));
        Assert.DoesNotContain("delete", asked, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_does_not_become_ready_loses_the_pod_that_it_would_wait_for()
    {
        var (code, said, asked) = await RollOutAsync(broken: "statefulset.apps/postgres");
        Assert.Equal(1, code);
        Assert.Contains(
            "Taken back, because statefulset.apps/postgres did not become ready",
            said,
            StringComparison.Ordinal
        );
        Assert.Equal(["applied deploy/k3s/small", "applied what was applied before"], Applied(asked));
        Assert.Matches(
            @"applied what was applied before\n(.*\n)*--namespace payflow delete pods --selector app=postgres\n",
            asked
        );
    }

    [Fact]
    public async Task What_cannot_be_applied_whole_goes_back_at_once()
    {
        var (code, said, asked) = await RollOutAsync(isApplied: false);
        Assert.Equal(1, code);
        Assert.Contains("Taken back, because it could not be applied whole", said, StringComparison.Ordinal);
        Assert.Equal(["applied deploy/k3s/small", "applied what was applied before"], Applied(asked));
        Assert.DoesNotMatch("applied deploy/k3s/small\n(.*rollout status.*\n)+.*apply --filename", asked);
    }

    [Fact]
    public async Task Where_the_smoke_test_fails_it_goes_back()
    {
        var (code, said, asked) = await RollOutAsync(smoke: $"http://127.0.0.1:{Ports.Free()}");
        Assert.Equal(1, code);
        Assert.Contains("Taken back, because the smoke test failed", said, StringComparison.Ordinal);
        Assert.Equal(["applied deploy/k3s/small", "applied what was applied before"], Applied(asked));
    }

    [Fact]
    public async Task The_first_roll_out_has_nothing_to_go_back_to_and_says_so()
    {
        var (code, said, asked) = await RollOutAsync(broken: "deployment.apps/web", before: "namespace/payflow");
        Assert.Equal(1, code);
        Assert.Contains(
            "deployment.apps/web did not become ready; nothing was there before to go back to",
            said,
            StringComparison.Ordinal
        );
        Assert.Equal(["applied deploy/k3s/small"], Applied(asked));
    }

    [Fact]
    public async Task Nothing_is_applied_where_it_could_not_be_taken_back()
    {
        var (code, _, asked) = await RollOutAsync(isRemembered: false);
        Assert.NotEqual(0, code);
        Assert.Empty(Applied(asked));
    }

    [Theory]
    [InlineData("small")]
    [InlineData("ha")]
    public async Task The_deployers_role_lets_it_apply_and_take_back_every_kind_of_a_profile(string profile)
    {
        var (code, rendered) = await Repository.RunAsync(
            "kubectl",
            ["kustomize", Repository.In("deploy", "k3s", profile)]
        );
        Assert.True(code == 0, rendered);
        var rules = RoleRule().Matches(Repository.Read("deploy", "k3s", "cluster", "deployer.yaml")).ToList();
        foreach (var document in rendered.Split("\n---\n"))
        {
            var (group, kind) = (
                Group().Match(document).Groups["group"].Value,
                Kind().Match(document).Groups["kind"].Value
            );
            var resource =
                kind.EndsWith('y') ? $"{kind[..^1]}ies"
                : kind.EndsWith('s') ? $"{kind}es"
                : $"{kind}s";
            var verbs = rules
                .Where(rule =>
                    Words(rule, "groups").Contains(group)
                    && Words(rule, "resources").Contains(resource.ToLowerInvariant())
                )
                .SelectMany(rule => Words(rule, "verbs"))
                .ToList();
            // The namespace is the administrator's: an apply that changes nothing of it only reads it.
            string[] needed =
                kind == "Namespace" ? ["get"]
                : kind is "Deployment" or "StatefulSet" ? ["get", "list", "watch", "create", "patch"]
                : ["get", "create", "patch"];
            Assert.True(needed.All(verbs.Contains), $"{kind} of {group}: {string.Join(' ', verbs)}");
            // rollout.sh finds its pods so.
            if (kind == "StatefulSet")
                Assert.Matches($@"\n      app: {Name().Match(document).Groups["name"].Value}\n", document);
        }

        static IEnumerable<string> Words(Match rule, string part) =>
            rule.Groups[part].Value.Split(',', StringSplitOptions.TrimEntries).Select(word => word.Trim('"'));
    }

    private static IEnumerable<string> Applied(string asked) =>
        asked.Split('\n').Where(line => line.StartsWith("applied ", StringComparison.Ordinal));

    private async Task<(int Code, string Said, string Asked)> RollOutAsync(
        string broken = "none",
        string smoke = "",
        bool isApplied = true,
        bool isRemembered = true,
        string release = "",
        string before =
            "namespace/payflow configmap/web-env statefulset.apps/postgres deployment.apps/accounts deployment.apps/web"
    )
    {
        var log = Path.Combine(_folder, "asked");
        var kubectl = Path.Combine(_folder, "kubectl");
        // A part that is broken stays so; a refused apply is refused once, with some of it done.
        await File.WriteAllTextAsync(
            kubectl,
            $$"""
            #!/bin/sh
            echo "$@" >> {{log}}
            case "$*" in
              *" get "*) cat > /dev/null; printf '%s\n' {{before}} ;;
              *view-last-applied*) {{(isRemembered ? "echo what was applied before" : "exit 1")}} ;;
              *" apply --filename -"*)
                echo "applied $(cat)" >> {{log}}
                printf '%s configured\n' configmap/web-env deployment.apps/accounts deployment.apps/web
                {{(isApplied ? "" : $"test $(grep -c ^applied {log}) -gt 1 || exit 1")}}
                echo statefulset.apps/postgres unchanged ;;
              *"rollout status {{broken}} "*) exit 1 ;;
            esac
            """,
            TestContext.Current.CancellationToken
        );
        var (code, said) = await Repository.RunAsync(
            Repository.In("deploy", "rollout.sh"),
            ["small"],
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                // Read by a shell: a file that was just written cannot be executed while another test, that starts
                // something, still has it open.
                ["KUBECTL"] = $"sh {kubectl}",
                ["KUSTOMIZE"] = "echo",
                ["RELEASE"] = release,
                ["SMOKE_URL"] = smoke,
                ["SMOKE_RETRIES"] = "0",
            }
        );
        return (code, said, await File.ReadAllTextAsync(log, TestContext.Current.CancellationToken));
    }

    [GeneratedRegex(
        @"apiGroups: \[(?<groups>.*)\], resources: \[(?<resources>.*)\], verbs: \[(?<verbs>.*)\]",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex RoleRule();

    [GeneratedRegex(
        @"^apiVersion: ((?<group>[^/\n]+)/)?v\w+$",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Group();

    [GeneratedRegex(
        @"^kind: (?<kind>\w+)$",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Kind();

    [GeneratedRegex(
        @"^  name: (?<name>\S+)$",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Name();
}
