using System.Text.Json;
using System.Text.RegularExpressions;

namespace PayFlow.Operations.Tests;

/// <summary>
/// The workflows under .github: valid, bounded in time and rights, and running only code that is pinned.
/// </summary>
public sealed partial class WorkflowTests : IDisposable
{
    private static readonly string Folder = Repository.In(".github", "workflows");

    private const string ImagesFile = "deploy/k3s/images/kustomization.yaml";
    private const string Digest = "sha256:1111111111111111111111111111111111111111111111111111111111111111";

    /// <summary>A component may patch, and rename any image.</summary>
    private const string Patched = """
        - {name: docker.io/library/postgres, newName: docker.io/mallory/postgres, newTag: "1"}
        patches:
        - target: {kind: Deployment, name: accounts}
          patch: |-
            [{"op": "add", "path": "/spec/template/spec/containers/-", "value": {
              "name": "helper", "image": "docker.io/mallory/anything:1",
              "envFrom": [{"secretRef": {"name": "accounts-secrets"}}]}}]

        """;

    private static readonly string[] Services = ["accounts", "notifications", "transactions", "web"];
    private static readonly string PinImages = Repository.In("deploy", "pin-images.sh");

    private readonly string _folder = Directory.CreateTempSubdirectory("payflow-workflows-").FullName;

    public static TheoryData<string> Workflows =>
        [.. Directory.GetFiles(Folder, "*.yml").Select(file => Path.GetFileName(file)!)];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Workflows))]
    public async Task A_workflow_passes_the_linter(string file)
    {
        Assert.True(
            Directory.Exists(
                Repository.In("tests", "PayFlow.Operations.Tests", "node_modules", "@tktco", "node-actionlint")
            ),
            "The linter is missing: ./test installs it, where there is npm."
        );
        var (code, said) = await Repository.RunAsync(
            "node",
            [Repository.In("tests", "PayFlow.Operations.Tests", "lint-workflows.mjs"), Path.Combine(Folder, file)]
        );
        Assert.True(code == 0 && said.Length == 0, said);
    }

    [Theory]
    [MemberData(nameof(Workflows))]
    public void An_action_is_pinned_by_a_commit_and_says_which_version_it_is(string file)
    {
        var text = Repository.Read(".github", "workflows", file);
        var uses = Uses().Matches(text);
        Assert.NotEmpty(uses);
        Assert.All(
            uses,
            use =>
                Assert.Matches(
                    @"^([\w-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+|\./\.github/workflows/\w+\.yml)$",
                    use.Groups["action"].Value
                )
        );
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
        Assert.Contains(
            "  check:\n    name: Check\n    uses: ./.github/workflows/ci.yml\n",
            text,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "  image:\n    name: Image of ${{ matrix.project }}\n    needs: check\n",
            text,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "\n  workflow_call:\n",
            Repository.Read(".github", "workflows", "ci.yml"),
            StringComparison.Ordinal
        );
        Assert.Contains("\"HEAD:refs/tags/released-$TAG\"", text, StringComparison.Ordinal);
    }

    /// <summary>Any branch can bring a workflow of the name Release.</summary>
    [Fact]
    public void Only_a_tag_s_release_starts_a_roll_out_by_itself()
    {
        var text = Repository.Read(".github", "workflows", "deploy.yml");
        Assert.Contains("github.event.workflow_run.event == 'push'", text, StringComparison.Ordinal);
        Assert.Contains(
            "github.event.workflow_run.path == '.github/workflows/release.yml'",
            text,
            StringComparison.Ordinal
        );
        Assert.Contains("startsWith(github.event.workflow_run.head_branch, 'v')", text, StringComparison.Ordinal);
    }

    /// <summary>Who starts a roll-out by hand cannot give a cluster the other profile.</summary>
    [Fact]
    public void Which_profile_a_cluster_runs_is_its_environment_s_to_say()
    {
        var text = Repository.Read(".github", "workflows", "deploy.yml");
        Assert.Contains("PROFILE: ${{ vars.PROFILE || 'small' }}\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("inputs.profile", text, StringComparison.Ordinal);
    }

    /// <summary>
    /// The environment admits main alone; what would be checked out and run with its secrets could otherwise be
    /// anybody's branch.
    /// </summary>
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
        Assert.Equal(
            ["${{ github.workflow_sha }}", "${{ steps.release.outputs.ref }}"],
            CheckedOut().Matches(text).Select(match => match.Groups["ref"].Value)
        );
        Assert.EndsWith(
            "        env:\n          RELEASE: release\n        run: deploy/rollout.sh \"$PROFILE\"\n",
            text,
            StringComparison.Ordinal
        );

        var output = Path.Combine(_folder, "output");
        await File.WriteAllTextAsync(output, "", TestContext.Current.CancellationToken);
        var (code, said) = await RunAsync(
            "A release is named",
            new Dictionary<string, string>(StringComparer.Ordinal) { ["RELEASE"] = named, ["GITHUB_OUTPUT"] = output }
        );
        Assert.True(code == 0 == taken is not null, said);
        Assert.Equal(taken ?? "", await File.ReadAllTextAsync(output, TestContext.Current.CancellationToken));
    }

    /// <summary>
    /// A branch that anybody with write access may move gives digests, and neither patches nor other images.
    /// </summary>
    [Theory]
    [InlineData("main", "", true)]
    [InlineData("mine", "", false)]
    [InlineData("main", Patched, true)]
    [InlineData(
        "main",
        "- {name: payflow-web, newName: ghcr.io/owner/payflow-web, "
            + "digest: \"sha256:2222222222222222222222222222222222222222222222222222222222222222\"}",
        false
    )]
    public async Task Of_a_release_only_the_four_digests_are_taken(string beneath, string added, bool isTaken)
    {
        await MakeReleaseAsync(beneath, Released("owner") + added);
        var (code, said) = await TakeImagesAsync();
        Assert.True(code == 0 == isTaken, said);
        if (!isTaken)
            return;
        var images = await File.ReadAllTextAsync(
            Path.Combine(_folder, "release", ImagesFile),
            TestContext.Current.CancellationToken
        );
        Assert.Equal(Released("owner"), images);
        var (isClean, changed) = await Repository.RunAsync(
            "git",
            ["-C", Path.Combine(_folder, "release"), "status", "--porcelain"]
        );
        Assert.True(isClean == 0 && changed.Trim() == $"M {ImagesFile}", changed);
    }

    [Theory]
    [InlineData("another-owner")]
    [InlineData("owner/../mallory")]
    public async Task Digests_of_another_owner_are_not_taken(string owner)
    {
        await MakeReleaseAsync("main", Released(owner));
        var (code, said) = await TakeImagesAsync();
        Assert.True(code != 0, said);
    }

    [Fact]
    public async Task A_release_that_changes_a_manifest_beside_the_digests_does_not_change_what_is_rolled_out()
    {
        await MakeReleaseAsync("main", Released("owner"), "echo patched > deploy/k3s/web.yaml");
        var (code, said) = await TakeImagesAsync();
        Assert.True(code == 0, said);
        Assert.Equal(
            "web\n",
            await File.ReadAllTextAsync(
                Path.Combine(_folder, "release", "deploy", "k3s", "web.yaml"),
                TestContext.Current.CancellationToken
            )
        );
    }

    [Theory]
    [InlineData("accounts notifications transactions web", "", true)]
    [InlineData("accounts notifications transactions", "", false)]
    [InlineData("accounts notifications transactions web web", "", true)]
    [InlineData("accounts notifications transactions web", "payflow-web:unreleased", false)]
    [InlineData(
        "accounts notifications transactions web",
        "ghcr.io/owner/payflow-web@sha256:2222222222222222222222222222222222222222222222222222222222222222",
        false
    )]
    [InlineData(
        "accounts notifications transactions web",
        "ghcr.io/owner/payflow-miner@sha256:1111111111111111111111111111111111111111111111111111111111111111",
        false
    )]
    public async Task What_is_rolled_out_runs_the_four_images_and_each_is_signed_by_the_release_of_its_commit(
        string services,
        string another,
        bool isTaken
    )
    {
        var images = services
            .Split(' ')
            .Select(service => $"ghcr.io/owner/payflow-{service}@{Digest}")
            .Append(another)
            .Where(image => image.Length > 0)
            .ToList();
        await File.WriteAllLinesAsync(
            Path.Combine(_folder, "images"),
            Services.Select(service => $"ghcr.io/owner/payflow-{service}@{Digest}"),
            TestContext.Current.CancellationToken
        );
        await File.WriteAllLinesAsync(
            Path.Combine(_folder, "rendered"),
            images.Select(image => $"        image: {image}").Append("        image: docker.io/library/postgres:18.3"),
            TestContext.Current.CancellationToken
        );
        var (code, said) = await RunAsync(
            "The images are ours",
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["COMMIT"] = "0123abcd",
                ["REPOSITORY"] = "owner/payflow",
            },
            """
            kubectl() { cat rendered; }
            cosign() { [[ "$*" == *"--certificate-github-workflow-sha 0123abcd "* ]] && echo "${@: -1}" >> verified; }

            """
        );
        Assert.True(code == 0 == isTaken, said);
        if (isTaken)
            Assert.Equal(
                images.Distinct(StringComparer.Ordinal),
                await File.ReadAllLinesAsync(Path.Combine(_folder, "verified"), TestContext.Current.CancellationToken)
            );
    }

    /// <summary>Release writes what Deploy reads, whatever order the images come in.</summary>
    [Theory]
    [InlineData("web accounts notifications transactions", true)]
    [InlineData("web accounts notifications", false)]
    [InlineData("web accounts notifications web", false)]
    [InlineData("web accounts notifications transactions miner", false)]
    public async Task A_release_writes_its_four_images_or_none(string services, bool isWritten)
    {
        var file = Path.Combine(_folder, "kustomization.yaml");
        var before = Repository.Read("deploy", "k3s", "images", "kustomization.yaml");
        await File.WriteAllTextAsync(file, before, TestContext.Current.CancellationToken);
        await File.WriteAllLinesAsync(
            Path.Combine(_folder, "images"),
            services.Split(' ').Select(service => $"ghcr.io/owner/payflow-{service}@{Digest}"),
            TestContext.Current.CancellationToken
        );
        var (code, said) = await Repository.RunAsync(
            "bash",
            ["-c", $"'{PinImages}' write '{file}' < '{_folder}/images' && '{PinImages}' read '{file}' owner"]
        );
        Assert.True(code == 0 == isWritten, said);
        if (isWritten)
            Assert.Equal(
                services.Split(' ').Order(StringComparer.Ordinal),
                said.Trim()
                    .Split('\n')
                    .Select(line => line.Split('/')[^1].Split('@')[0]["payflow-".Length..])
                    .Order(StringComparer.Ordinal)
            );
        else
            Assert.Equal(before, await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
    }

    /// <summary>
    /// A clone of a main with the images and one more manifest, and in <c>release</c> a commit on top of main or of
    /// another branch.
    /// </summary>
    private async Task MakeReleaseAsync(string beneath, string images, string alsoChanged = "true")
    {
        const string Git = "git -c user.name=x -c user.email=x@payflow.example -c init.defaultBranch=main";
        await File.WriteAllTextAsync(
            Path.Combine(_folder, "released.yaml"),
            images,
            TestContext.Current.CancellationToken
        );
        var (made, why) = await Repository.RunAsync(
            "bash",
            [
                "-euo",
                "pipefail",
                "-c",
                $"""
                cd '{_folder}'; {Git} init -q; printf '/release\n/released.yaml\n/images\n/output\n' > .gitignore
                mkdir -p deploy/k3s/images; cp '{Repository.In(
                    "deploy",
                    "k3s",
                    "images",
                    "kustomization.yaml"
                )}' deploy/k3s/images/; cp '{PinImages}' deploy/
                echo web > deploy/k3s/web.yaml; {Git} add .; {Git} commit -q -m main
                {Git} branch mine; {Git} worktree add -q release mine; cd release
                {Git} commit -q --allow-empty -m mine
                if [ {beneath} = main ]; then {Git} reset -q --hard main; fi
                cp ../released.yaml {ImagesFile}; {alsoChanged}; {Git} add .; {Git} commit -q -m digests
                """,
            ]
        );
        Assert.True(made == 0, why);
    }

    private async Task<(int Code, string Said)> TakeImagesAsync()
    {
        var output = Path.Combine(_folder, "output");
        await File.WriteAllTextAsync(output, "", TestContext.Current.CancellationToken);
        return await RunAsync(
            "Its images, on the manifests of main",
            new Dictionary<string, string>(StringComparer.Ordinal) { ["OWNER"] = "Owner", ["GITHUB_OUTPUT"] = output }
        );
    }

    /// <summary>The file of the images as a release of this owner leaves it.</summary>
    private static string Released(string owner) =>
        Services.Aggregate(
            Repository.Read("deploy", "k3s", "images", "kustomization.yaml"),
            (text, service) =>
                text.Replace(
                    $"{{name: payflow-{service}, newTag: unreleased}}",
                    $"{{name: payflow-{service}, newName: ghcr.io/{owner}/payflow-{service}, digest: \"{Digest}\"}}",
                    StringComparison.Ordinal
                )
        );

    /// <summary>
    /// A step's script as GitHub's runner would run it, with what is <paramref name="given"/> in place of what is not
    /// here.
    /// </summary>
    private Task<(int Code, string Said)> RunAsync(
        string step,
        Dictionary<string, string> environment,
        string given = ""
    )
    {
        var text = Repository.Read(".github", "workflows", "deploy.yml");
        var script = Script()
            .Match(text, text.IndexOf($"- name: {step}\n", StringComparison.Ordinal))
            .Groups["script"]
            .Value;
        return Repository.RunAsync("bash", ["-e", "-c", $"cd '{_folder}'; {given}\n{script}"], environment);
    }

    /// <summary>
    /// What release.yml gives to dotnet publish; elsewhere git's remote would tell the source, and there may be none.
    /// </summary>
    [Fact]
    public async Task An_image_says_which_source_it_was_made_of()
    {
        const string Source = "https://github.com/owner/payflow";
        const string Revision = "0123456789012345678901234567890123456789";
        Assert.Contains(
            "-p:ContainerVersion=\"${TAG#v}\" -p:RepositoryUrl=\"$SOURCE\" -p:SourceRevisionId=\"$REVISION\"",
            Repository.Read(".github", "workflows", "release.yml"),
            StringComparison.Ordinal
        );
        var (code, said) = await Repository.RunAsync(
            "dotnet",
            [
                "msbuild",
                Repository.In("PayFlow.Web", "PayFlow.Web.csproj"),
                "-nologo",
                "-t:ComputeContainerConfig",
                "-getItem:ContainerLabel",
                "-p:ContainerVersion=1.2.3",
                $"-p:RepositoryUrl={Source}",
                $"-p:SourceRevisionId={Revision}",
            ],
            new Dictionary<string, string>(StringComparer.Ordinal) { ["GITHUB_ACTIONS"] = "true" }
        );
        Assert.True(code == 0, said);
        var labels = JsonElement
            .Parse(said)
            .GetProperty("Items")
            .GetProperty("ContainerLabel")
            .EnumerateArray()
            .ToDictionary(
                label => label.GetProperty("Identity").GetString()!,
                label => label.GetProperty("Value").GetString(),
                StringComparer.Ordinal
            );
        Assert.Equal(
            (Source, Revision, "1.2.3"),
            (
                labels["org.opencontainers.image.source"],
                labels["org.opencontainers.image.revision"],
                labels["org.opencontainers.image.version"]
            )
        );
    }

    /// <summary>NuGet keeps a lock file that it finds, and Aspire's packages would be written into it.</summary>
    [Fact]
    public async Task Restoring_aspire_touches_no_lock_file()
    {
        var (code, said) = await Repository.RunAsync(
            "dotnet",
            [
                "msbuild",
                Repository.In("PayFlow.ServiceDefaults", "PayFlow.ServiceDefaults.csproj"),
                "-nologo",
                "-getProperty:NuGetLockFilePath,RestorePackagesWithLockFile",
                "-p:UseAspire=true",
            ]
        );
        Assert.True(code == 0, said);
        var properties = JsonElement.Parse(said).GetProperty("Properties");
        Assert.Empty(properties.GetProperty("RestorePackagesWithLockFile").GetString()!);
        var name = properties.GetProperty("NuGetLockFilePath").GetString()!;
        Assert.NotEqual("packages.lock.json", name);
        Assert.DoesNotContain(
            Directory.GetDirectories(Repository.Root, "PayFlow.*"),
            project => File.Exists(Path.Combine(project, name))
        );
    }

    [GeneratedRegex(
        @"^ +(- )?uses: (?<action>.+)$",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Uses();

    [GeneratedRegex(
        "^          ref: (?<ref>.+)$",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex CheckedOut();

    [GeneratedRegex(
        "^        run: \\|\n(?<script>( {10}.*\n)+)",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Script();

    [GeneratedRegex(
        "^    runs-on: ",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex RunsOn();

    [GeneratedRegex(
        "^    timeout-minutes: ",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Timeout();
}
