using System.Diagnostics;
using System.Text.Json.Nodes;
using Aspire.Hosting;
using PayFlow.Tests;

namespace PayFlow.AppHost.Tests;

/// <summary>
/// The stand-in's manifest says what Aspire's own says: PayFlow.AppHost/manifest.json, which eng/manifests has Aspire
/// write.
/// </summary>
public sealed class ManifestTests : IDisposable
{
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task Both_engines_publish_the_same_resources_bindings_environment_and_references()
    {
        var appHost = Path.ChangeExtension(typeof(DistributedApplication).Assembly.Location, "dll");
        using var publish = Process.Start(
            new ProcessStartInfo(
                "dotnet",
                [appHost, "--publisher", "manifest", "--output-path", _temp["manifest.json"]]
            )
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
            }
        )!;
        await publish.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, publish.ExitCode);
        Assert.Empty(await publish.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken));

        var ours = (JsonObject)
            JsonNode.Parse(await File.ReadAllTextAsync(_temp["manifest.json"], TestContext.Current.CancellationToken))![
                "resources"
            ]!;
        var real = (JsonObject)
            JsonNode.Parse(
                await File.ReadAllTextAsync(
                    Checkout.In("PayFlow.AppHost", "manifest.json"),
                    TestContext.Current.CancellationToken
                )
            )!["resources"]!;

        Assert.Equal(real.Select(resource => resource.Key), ours.Select(resource => resource.Key));
        foreach (var (name, resource) in real)
        {
            // A path is relative to the manifest, which is somewhere else here.
            if (resource!["path"] is { } path)
                Assert.Equal(
                    Path.GetFullPath(Checkout.In("PayFlow.AppHost", (string)path!)),
                    Path.GetFullPath(
                        Path.Combine(Path.GetDirectoryName(_temp["manifest.json"])!, (string)ours[name]!["path"]!)
                    )
                );
            ((JsonObject)resource).Remove("path");
            ((JsonObject)ours[name]!).Remove("path");
            Assert.Equal(resource.ToJsonString(), ours[name]!.ToJsonString());
        }
    }
}
