using System.Text.Json;
using System.Text.RegularExpressions;

namespace PayFlow.Operations.Tests;

/// <summary>The workflows under .github: valid, bounded in time and rights, and running only code that is pinned.</summary>
public sealed partial class WorkflowTests : IDisposable
{
    private static readonly string Folder = Repository.In(".github", "workflows");

    private readonly string _folder = Directory.CreateTempSubdirectory("payflow-workflows-").FullName;

    public static TheoryData<string> Workflows => [.. Directory.GetFiles(Folder, "*.yml").Select(file => Path.GetFileName(file)!)];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

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

    /// <summary>The environment admits main alone; what would be checked out and run with its secrets could otherwise be anybody's branch.</summary>
    [Theory]
    [InlineData("released", "ref=refs/heads/released\n")]
    [InlineData("released-v1.2.3", "ref=refs/tags/released-v1.2.3\n")]
    [InlineData("released-v1.2.3-rc.1", "ref=refs/tags/released-v1.2.3-rc.1\n")]
    [InlineData("main", null)]
    [InlineData("refs/pull/7/merge", null)]
    [InlineData("released-v1/../../heads/mine", null)]
    [InlineData("7d3e8665a1f0c2b4d6e8f0a1b2c3d4e5f6a7b8c9", null)]
    public async Task A_roll_out_takes_a_release_and_nothing_else(string named, string? taken)
    {
        var text = Repository.Read(".github", "workflows", "deploy.yml");
        Assert.Equal(["${{ github.workflow_sha }}", "${{ steps.release.outputs.ref }}"], CheckedOut().Matches(text).Select(match => match.Groups["ref"].Value));
        Assert.EndsWith("        env:\n          RELEASE: release\n        run: deploy/rollout.sh \"$PROFILE\"\n", text, StringComparison.Ordinal);

        var output = Path.Combine(_folder, "output");
        await File.WriteAllTextAsync(output, "", TestContext.Current.CancellationToken);
        var (code, said) = await RunAsync("A release is named", new Dictionary<string, string>(StringComparer.Ordinal) { ["RELEASE"] = named, ["GITHUB_OUTPUT"] = output });
        Assert.True(code == 0 == taken is not null, said);
        Assert.Equal(taken ?? "", await File.ReadAllTextAsync(output, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("main", "deploy/k3s/images/kustomization.yaml", true)]
    [InlineData("main", "deploy/k3s/base/web.yaml", false)]
    [InlineData("mine", "deploy/k3s/images/kustomization.yaml", false)]
    public async Task What_is_rolled_out_is_a_commit_of_main_with_the_digests_on_top(string beneath, string changed, bool isTaken)
    {
        const string Git = "git -c user.name=x -c user.email=x@payflow.example -c init.defaultBranch=main";
        var (made, why) = await Repository.RunAsync("bash", ["-euo", "pipefail", "-c", $"""
            cd '{_folder}'; {Git} init -q; echo release > .gitignore; {Git} add .; {Git} commit -q -m main
            {Git} branch mine; {Git} worktree add -q release mine
            (cd release; {Git} commit -q --allow-empty -m mine)
            if [ {beneath} = main ]; then {Git} -C release reset -q --hard main; fi
            mkdir -p "release/$(dirname {changed})"; echo digests > 'release/{changed}'
            (cd release; {Git} add .; {Git} commit -q -m digests)
            """]);
        Assert.True(made == 0, why);
        var (code, said) = await RunAsync("It is a commit of main with the digests on top", []);
        Assert.True(code == 0 == isTaken, said);
    }

    [Theory]
    [InlineData("accounts notifications transactions web", "", true)]
    [InlineData("accounts notifications transactions", "", false)]
    [InlineData("accounts notifications transactions web web", "", true)]
    [InlineData("accounts notifications transactions web", "payflow-web:unreleased", false)]
    [InlineData("accounts notifications transactions web", "ghcr.io/owner/payflow-web@sha256:2222222222222222222222222222222222222222222222222222222222222222", false)]
    [InlineData("accounts notifications transactions web", "ghcr.io/owner/payflow-miner@sha256:1111111111111111111111111111111111111111111111111111111111111111", false)]
    public async Task The_four_images_of_a_release_are_signed_and_there_is_no_other_of_ours(string services, string another, bool isTaken)
    {
        var images = services.Split(' ').Select(service => $"ghcr.io/owner/payflow-{service}@sha256:{new string('1', 64)}").Append(another).Where(image => image.Length > 0).ToList();
        await File.WriteAllLinesAsync(Path.Combine(_folder, "rendered"), images.Select(image => $"        image: {image}").Append("        image: docker.io/library/postgres:18.3"), TestContext.Current.CancellationToken);
        var (code, said) = await RunAsync("The images are ours", [], $$"""kubectl() { cat rendered; }; cosign() { echo "${@: -1}" >> verified; };""");
        Assert.True(code == 0 == isTaken, said);
        if (isTaken) Assert.Equal(images.Distinct(StringComparer.Ordinal), await File.ReadAllLinesAsync(Path.Combine(_folder, "verified"), TestContext.Current.CancellationToken));
    }

    /// <summary>A step's script as GitHub's runner would run it, with what is <paramref name="given"/> in place of what is not here.</summary>
    private Task<(int Code, string Said)> RunAsync(string step, Dictionary<string, string> environment, string given = "")
    {
        var text = Repository.Read(".github", "workflows", "deploy.yml");
        var script = Script().Match(text, text.IndexOf($"- name: {step}\n", StringComparison.Ordinal)).Groups["script"].Value;
        return Repository.RunAsync("bash", ["-e", "-c", $"cd '{_folder}'; {given}\n{script}"], environment);
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

    [GeneratedRegex("^          ref: (?<ref>.+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex CheckedOut();

    [GeneratedRegex("^        run: \\|\n(?<script>( {10}.*\n)+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Script();

    [GeneratedRegex("^    runs-on: ", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex RunsOn();

    [GeneratedRegex("^    timeout-minutes: ", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Timeout();
}
