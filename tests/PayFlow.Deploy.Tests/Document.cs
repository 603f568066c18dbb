using k8s;
using k8s.Models;
using YamlDotNet.RepresentationModel;

namespace PayFlow.Deploy.Tests;

/// <summary>
/// One document of what a cluster would be given; <paramref name="Model"/> is null for a custom resource.
/// </summary>
internal sealed record Document(
    string ApiVersion,
    string Kind,
    string Name,
    YamlMappingNode Yaml,
    string Text,
    IKubernetesObject<V1ObjectMeta>? Model
)
{
    public override string ToString() => $"{Kind}/{Name}";
}
