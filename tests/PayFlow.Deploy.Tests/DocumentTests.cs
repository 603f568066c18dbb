using System.Text.RegularExpressions;
using k8s;
using k8s.Models;
using static PayFlow.Deploy.Tests.Pods;

namespace PayFlow.Deploy.Tests;

/// <summary>Each document that a cluster is given: that it is whole, and what changes with it.</summary>
public sealed partial class DocumentTests
{
    [Theory]
    [MemberData(nameof(Profiles.Everything), MemberType = typeof(Profiles))]
    public async Task Every_document_is_what_Kubernetes_takes(string folder)
    {
        var rendered = await Rendered.OfAsync(folder);
        Assert.NotEmpty(rendered.Documents);
        Assert.Equal(
            rendered.Documents.Count,
            rendered
                .Documents.Select(document => (document.ApiVersion, document.Kind, document.Name))
                .Distinct()
                .Count()
        );
        Assert.Empty(rendered.Documents.Where(document => document.Model is null).SelectMany(CustomResources.Check));
        if (folder != "cluster")
            Assert.All(
                rendered.All<IKubernetesObject<V1ObjectMeta>>().Where(one => one is not V1Namespace),
                one => Assert.Equal("payflow", one.Metadata.NamespaceProperty)
            );
    }

    [Theory]
    [MemberData(nameof(Profiles.Everything), MemberType = typeof(Profiles))]
    public async Task No_placeholder_is_left(string folder)
    {
        var rendered = await Rendered.OfAsync(folder);
        var left = rendered.Documents.SelectMany(document =>
            Rendered
                .Scalars(document.Yaml)
                .Where(text => !text.Contains('\n') && Placeholder().IsMatch(text))
                .Select(text => $"{document}: {text}")
        );
        Assert.Empty(left);
        Assert.Empty(
            rendered.Documents.SelectMany(document =>
                Rendered
                    .Scalars(document.Yaml)
                    .Where(text => text.Contains("set-by-", StringComparison.Ordinal))
                    .Select(text => $"{document}: {text}")
            )
        );
    }

    [Theory]
    [MemberData(nameof(Profiles.Everything), MemberType = typeof(Profiles))]
    public async Task A_changed_ConfigMap_restarts_whoever_reads_it(string folder)
    {
        var rendered = await Rendered.OfAsync(folder);
        var maps = rendered.Names<V1ConfigMap>();
        var read = rendered
            .Pods.SelectMany(pod =>
                Containers(pod.Pod)
                    .SelectMany(container => container.EnvFrom ?? [])
                    .Select(source => source.ConfigMapRef?.Name)
                    .Concat((pod.Pod.Spec.Volumes ?? []).Select(volume => volume.ConfigMap?.Name))
            )
            .OfType<string>();
        // PostgreSQL runs this one on an empty volume and never again.
        Assert.All(read.Where(name => name != "postgres-init"), name => Assert.Matches("-[a-z0-9]{10}$", name));
        Assert.All(read, name => Assert.Contains(name, maps));
    }

    [GeneratedRegex(@"\{[a-zA-Z0-9_-]+\.[a-zA-Z0-9_.-]+\}|<[A-Z_]+>|CHANGE_?ME", RegexOptions.None, 1000)]
    private static partial Regex Placeholder();
}
