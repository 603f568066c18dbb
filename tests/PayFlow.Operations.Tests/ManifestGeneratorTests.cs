namespace PayFlow.Operations.Tests;

/// <summary>
/// eng/manifests with a dotnet that only does what the test says: a run that does not end well changes no file.
/// </summary>
public sealed class ManifestGeneratorTests : IDisposable
{
    private const string OldFiles =
        "aspirate-output/README.md=about aspirate-output/gone/old.yaml=old manifest.json=old ";

    private readonly string _folder = Directory.CreateTempSubdirectory("payflow-manifests-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_run_replaces_all_files_but_the_readme()
    {
        var (code, said, files) = await GenerateAsync("");
        Assert.True(code == 0, said);
        Assert.Equal(
            "aspirate-output/README.md=about aspirate-output/web/.web.secrets= "
                + "aspirate-output/web/kustomization.yaml=  - .web.secrets manifest.json=new ",
            files
        );
    }

    [Theory]
    [InlineData("build", "exit 1")]
    [InlineData("run", "exit 1")]
    [InlineData("run", "echo half > manifest.new.json; exit 1")]
    [InlineData("aspirate", "mkdir -p aspirate-output.new/web; exit 1")]
    [InlineData("aspirate", "mkdir -p aspirate-output.new/web; kill -TERM $PPID")]
    [InlineData("aspirate", "mkdir -p aspirate-output.new/web; kill -INT $PPID")]
    public async Task A_run_that_fails_or_is_interrupted_leaves_every_file_as_it_was(string step, string ends)
    {
        var (code, said, files) = await GenerateAsync($"if [ \"$1\" = {step} ]; then {ends}; fi");
        Assert.True(code != 0, said);
        Assert.Equal(OldFiles, files);
    }

    /// <summary>A killed run cannot tidy up; the next one does, and fails here before it writes anything.</summary>
    [Theory]
    [InlineData("mkdir aspirate-output.new; echo new > manifest.new.json")]
    [InlineData("mv aspirate-output aspirate-output.old; mkdir aspirate-output.new; echo new > manifest.new.json")]
    [InlineData("mv aspirate-output aspirate-output.old; mkdir aspirate-output; echo new > manifest.new.json")]
    public async Task What_a_killed_run_left_is_taken_back_by_the_next_one(string left)
    {
        var (code, said, files) = await GenerateAsync("exit 1", left);
        Assert.True(code != 0, said);
        Assert.Equal(OldFiles, files);
    }

    private async Task<(int Code, string Said, string Files)> GenerateAsync(string dotnet, string before = "")
    {
        var (made, why) = await Repository.RunAsync(
            "bash",
            [
                "-euo",
                "pipefail",
                "-c",
                $$"""
                cd '{{_folder}}'; mkdir -p eng bin PayFlow.AppHost/aspirate-output/gone; cp '{{Repository.In(
                    "eng",
                    "manifests"
                )}}' eng/
                cat > bin/dotnet <<'END'
                #!/usr/bin/env bash
                {{dotnet}}
                if [ "$1" = run ]; then echo new > manifest.new.json; fi
                if [ "$1" = aspirate ]; then
                  mkdir -p aspirate-output.new/web
                  echo '  - .web.secrets' > aspirate-output.new/web/kustomization.yaml
                fi
                END
                chmod +x bin/dotnet; cd PayFlow.AppHost
                echo about > aspirate-output/README.md
                echo old > aspirate-output/gone/old.yaml; echo old > manifest.json
                {{before}}
                """,
            ]
        );
        Assert.True(made == 0, why);
        var (code, said) = await Repository.RunAsync(
            Path.Combine(_folder, "eng", "manifests"),
            [],
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["PATH"] = $"{_folder}/bin:{Environment.GetEnvironmentVariable("PATH")}",
            }
        );
        var (_, files) = await Repository.RunAsync(
            "bash",
            [
                "-c",
                $"cd '{_folder}/PayFlow.AppHost'; find . -type f | LC_ALL=C sort | while read -r file; do printf "
                    + "'%s=%s ' \"${file#./}\" \"$(cat \"$file\")\"; done",
            ]
        );
        return (code, said, files);
    }
}
