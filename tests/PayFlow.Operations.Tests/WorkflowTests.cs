using System.Text.Json;
using System.Text.RegularExpressions;

namespace PayFlow.Operations.Tests;

/// <summary>The workflows under .github: valid, bounded in time and rights, and running only code that is pinned.</summary>
public sealed partial class WorkflowTests
{
    private static readonly string Folder = Repository.In(".github", "workflows");

    public static TheoryData<string> Workflows => [.. Directory.GetFiles(Folder, "*.yml").Select(file => Path.GetFileName(file)!)];

    [Theory]
    [MemberData(nameof(Workflows))]
    public async Task A_workflow_passes_the_linter(string file)
    {
        Assert.True(Directory.Exists(Repository.In("tests", "PayFlow.Operations.Tests", "node_modules", "@tktco", "node-actionlint")), "The linter is missing: ./test installs it, where there is npm.");
        var (code, said) = await Repository.RunAsync("node", [Repository.In("tests", "PayFlow.Operations.Tests", "lint-workflows.mjs"), Path.Combine(Folder, file)]);
        Assert.True(code == 0 && said.Length == 0, said);
    }

    [Theory]
    [MemberData(nameof(Workflows))]
    public void An_action_is_pinned_by_a_commit_and_says_which_version_it_is(string file)
    {
        var text = Repository.Read(".github", "workflows", file);
        var uses = Uses().Matches(text);
        Assert.NotEmpty(uses);
        Assert.All(uses, use => Assert.Matches(@"^([\w-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+|\./\.github/workflows/\w+\.yml)$", use.Groups["action"].Value));
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

    [Fact]
    public void Nothing_is_released_that_ci_has_not_passed_and_each_release_can_be_gone_back_to()
    {
        var text = Repository.Read(".github", "workflows", "release.yml");
        Assert.Contains("  check:\n    name: Check\n    uses: ./.github/workflows/ci.yml\n", text, StringComparison.Ordinal);
        Assert.Contains("  image:\n    name: Image of ${{ matrix.project }}\n    needs: check\n", text, StringComparison.Ordinal);
        Assert.Contains("\n  workflow_call:\n", Repository.Read(".github", "workflows", "ci.yml"), StringComparison.Ordinal);
        Assert.Contains("\"HEAD:refs/tags/released-$TAG\"", text, StringComparison.Ordinal);
    }

    /// <summary>Who starts a roll-out by hand cannot give a cluster the other profile.</summary>
    [Fact]
    public void Which_profile_a_cluster_runs_is_its_environment_s_to_say()
    {
        var text = Repository.Read(".github", "workflows", "deploy.yml");
        Assert.Contains("PROFILE: ${{ vars.PROFILE || 'small' }}\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("inputs.profile", text, StringComparison.Ordinal);
    }

    /// <summary>What release.yml gives to dotnet publish; elsewhere git's remote would tell the source, and there may be none.</summary>
    [Fact]
    public async Task An_image_says_which_source_it_was_made_of()
    {
        const string Source = "https://github.com/owner/payflow";
        const string Revision = "0123456789012345678901234567890123456789";
        Assert.Contains("-p:ContainerVersion=\"${TAG#v}\" -p:RepositoryUrl=\"$SOURCE\" -p:SourceRevisionId=\"$REVISION\"", Repository.Read(".github", "workflows", "release.yml"), StringComparison.Ordinal);
        var (code, said) = await Repository.RunAsync(
            "dotnet",
            ["msbuild", Repository.In("PayFlow.Web", "PayFlow.Web.csproj"), "-nologo", "-t:ComputeContainerConfig", "-getItem:ContainerLabel", "-p:ContainerVersion=1.2.3", $"-p:RepositoryUrl={Source}", $"-p:SourceRevisionId={Revision}"],
            new Dictionary<string, string>(StringComparer.Ordinal) { ["GITHUB_ACTIONS"] = "true" });
        Assert.True(code == 0, said);
        var labels = JsonElement.Parse(said).GetProperty("Items").GetProperty("ContainerLabel").EnumerateArray().ToDictionary(label => label.GetProperty("Identity").GetString()!, label => label.GetProperty("Value").GetString(), StringComparer.Ordinal);
        Assert.Equal((Source, Revision, "1.2.3"), (labels["org.opencontainers.image.source"], labels["org.opencontainers.image.revision"], labels["org.opencontainers.image.version"]));
    }

    /// <summary>NuGet keeps a lock file that it finds, and Aspire's packages would be written into it.</summary>
    [Fact]
    public async Task Restoring_aspire_touches_no_lock_file()
    {
        var (code, said) = await Repository.RunAsync("dotnet", ["msbuild", Repository.In("PayFlow.ServiceDefaults", "PayFlow.ServiceDefaults.csproj"), "-nologo", "-getProperty:NuGetLockFilePath,RestorePackagesWithLockFile", "-p:UseAspire=true"]);
        Assert.True(code == 0, said);
        var properties = JsonElement.Parse(said).GetProperty("Properties");
        Assert.Empty(properties.GetProperty("RestorePackagesWithLockFile").GetString()!);
        var name = properties.GetProperty("NuGetLockFilePath").GetString()!;
        Assert.NotEqual("packages.lock.json", name);
        Assert.DoesNotContain(Directory.GetDirectories(Repository.Root, "PayFlow.*"), project => File.Exists(Path.Combine(project, name)));
    }

    [GeneratedRegex(@"^ +(- )?uses: (?<action>.+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Uses();

    [GeneratedRegex("^    runs-on: ", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex RunsOn();

    [GeneratedRegex("^    timeout-minutes: ", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Timeout();
}
