using k8s.Models;
using static PayFlow.Deploy.Tests.Pods;

namespace PayFlow.Deploy.Tests;

/// <summary>The second Web of a canary or of blue-green, beside the one that serves.</summary>
public sealed class VariantTests
{
    [Theory]
    [InlineData(Profiles.Canary, "web-canary", "blue")]
    [InlineData(Profiles.Green, "web-green", "green")]
    public async Task A_variant_is_Web_s_Deployment_and_configuration_and_nothing_else(
        string folder,
        string name,
        string slot
    )
    {
        var rendered = await Rendered.OfAsync(folder);
        var deployment = Assert.Single(rendered.All<V1Deployment>());
        Assert.StartsWith(
            $"{name.Replace("web", "web-env", StringComparison.Ordinal)}-",
            Assert.Single(rendered.All<V1ConfigMap>()).Metadata.Name,
            StringComparison.Ordinal
        );
        Assert.Equal(2, rendered.Documents.Count);
        Assert.Equal(name, deployment.Metadata.Name);
        var service = (await Rendered.OfAsync("ha")).All<V1Service>().Single(one => one.Metadata.Name == "web");
        Assert.Equal(slot == "blue", Matches(service.Spec.Selector, deployment.Spec.Template));
        Assert.Equal(slot, deployment.Spec.Template.Metadata.Labels["slot"]);
        // Neither takes the other's pods for its own.
        Assert.False(
            Matches(
                deployment.Spec.Selector,
                (await Rendered.OfAsync("ha"))
                    .All<V1Deployment>()
                    .Single(one => one.Metadata.Name == "web")
                    .Spec.Template
            )
        );
    }

    [Fact]
    public async Task While_green_serves_all_else_can_be_rolled_out()
    {
        var (ha, meanwhile) = (await Rendered.OfAsync("ha"), await Rendered.OfAsync(Profiles.GreenServes));
        Assert.Equal(
            ["Service/web"],
            ha.Documents.Zip(meanwhile.Documents)
                .Where(pair => pair.First.Text != pair.Second.Text)
                .Select(pair => pair.Second.ToString())
        );
        var service = meanwhile.All<V1Service>().Single(one => one.Metadata.Name == "web");
        Assert.True(
            Matches(
                service.Spec.Selector,
                (await Rendered.OfAsync(Profiles.Green)).All<V1Deployment>().Single().Spec.Template
            )
        );
        Assert.False(
            Matches(
                service.Spec.Selector,
                meanwhile.All<V1Deployment>().Single(one => one.Metadata.Name == "web").Spec.Template
            )
        );
    }
}
