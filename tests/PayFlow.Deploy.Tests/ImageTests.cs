using System.Text.Json;

namespace PayFlow.Deploy.Tests;

/// <summary>What <c>dotnet publish -t:PublishContainer</c> is told of each service.</summary>
public sealed class ImageTests
{
    /// <summary>
    /// A pg_dump that is older than its database refuses. A tag without type and system is one of a Debian that gets no
    /// more mends.
    /// </summary>
    [Fact]
    public async Task PostgreSQL_is_of_one_version_wherever_it_runs_and_of_a_system_that_is_looked_after()
    {
        var (small, ha) = (await Rendered.OfAsync("small"), await Rendered.OfAsync("ha"));
        var images = small
            .Pods.Concat(ha.Pods)
            .SelectMany(pod => pod.Pod.Spec.Containers)
            .Select(container => container.Image)
            .Where(image => image.Contains("/postgres:", StringComparison.Ordinal))
            .Distinct(StringComparer.Ordinal);
        var version = Assert.Single(images).Split(':')[1];
        Assert.Contains(
            $"  imageName: ghcr.io/cloudnative-pg/postgresql:{version}-standard-trixie\n",
            ha.Documents.Single(document => document.Kind == "Cluster").Text,
            StringComparison.Ordinal
        );
    }

    /// <summary>
    /// A tag that moves brings in what nobody has looked at. The four of PayFlow are named by digest at a release
    /// (pin-images.sh).
    /// </summary>
    [Theory]
    [MemberData(nameof(Profiles.Everything), MemberType = typeof(Profiles))]
    public async Task An_image_of_others_is_of_one_exact_version(string folder)
    {
        var images = (await Rendered.OfAsync(folder))
            .Pods.SelectMany(pod => Pods.Containers(pod.Pod))
            .Select(container => container.Image)
            .Where(image => !image.Contains("payflow-", StringComparison.Ordinal))
            .Distinct(StringComparer.Ordinal);
        Assert.All(
            images,
            image =>
                Assert.Matches(
                    image.Contains("/postgres:", StringComparison.Ordinal)
                        ? @":\d+\.\d+$"
                        : @"(:v?\d+\.\d+\.\d+|@sha256:[0-9a-f]{64})$",
                    image
                )
        );
    }

    [Theory]
    [InlineData("PayFlow.Accounts", "payflow-accounts")]
    [InlineData("PayFlow.Transactions", "payflow-transactions")]
    [InlineData("PayFlow.Notifications", "payflow-notifications")]
    [InlineData("PayFlow.Web", "payflow-web")]
    public async Task An_image_is_small_runs_as_nobody_and_says_what_it_is(string project, string repository)
    {
        using var answer = JsonDocument.Parse(
            await Repository.RunAsync(
                "dotnet",
                "msbuild",
                Repository.In($"{project}/{project}.csproj"),
                "-nologo",
                "-getProperty:ContainerBaseImage,ContainerRepository,ContainerUser,ContainerTitle,"
                    + "ContainerDescription,ContainerVendor,ServerGarbageCollection",
                "-getItem:ContainerPort,ContainerEnvironmentVariable"
            )
        );
        string Property(string name) => answer.RootElement.GetProperty("Properties").GetProperty(name).GetString()!;
        Assert.Equal("mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled-extra", Property("ContainerBaseImage"));
        Assert.Equal((repository, "1654"), (Property("ContainerRepository"), Property("ContainerUser")));
        Assert.Equal((project, "PayFlow"), (Property("ContainerTitle"), Property("ContainerVendor")));
        Assert.NotEmpty(Property("ContainerDescription"));
        var port = Assert.Single(
            answer.RootElement.GetProperty("Items").GetProperty("ContainerPort").EnumerateArray().ToList()
        );
        Assert.Equal(("8080", "tcp"), (port.GetProperty("Identity").GetString(), port.GetProperty("Type").GetString()));
        // The Web SDK's own choice takes a heap for each processor, which the manifests' memory has no room for.
        Assert.Equal("false", Property("ServerGarbageCollection"));
        var variable = Assert.Single(
            answer
                .RootElement.GetProperty("Items")
                .GetProperty("ContainerEnvironmentVariable")
                .EnumerateArray()
                .ToList()
        );
        Assert.Equal(
            ("DOTNET_GCgen0size", "4000000"),
            (variable.GetProperty("Identity").GetString(), variable.GetProperty("Value").GetString())
        );
    }
}
