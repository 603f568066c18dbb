using k8s.Models;

namespace PayFlow.Deploy.Tests;

/// <summary>What a pod has, and whether a selector means it.</summary>
internal static class Pods
{
    public static IEnumerable<V1Container> Containers(V1PodTemplateSpec pod) =>
        pod.Spec.Containers.Concat(pod.Spec.InitContainers ?? []);

    public static IEnumerable<int> Ports(V1PodTemplateSpec pod) =>
        pod.Spec.Containers.SelectMany(container => container.Ports ?? []).Select(port => port.ContainerPort);

    public static int Port(V1NetworkPolicyPort port) => port.Port.ToInt();

    public static bool Matches(IDictionary<string, string>? labels, V1PodTemplateSpec pod) =>
        (labels ?? new Dictionary<string, string>()).All(label =>
            pod.Metadata.Labels.TryGetValue(label.Key, out var value) && value == label.Value
        );

    public static bool Matches(V1LabelSelector? selector, V1PodTemplateSpec pod) =>
        Matches(selector?.MatchLabels, pod)
        && (selector?.MatchExpressions ?? []).All(expression =>
            expression.OperatorProperty == "In"
            && pod.Metadata.Labels.TryGetValue(expression.Key, out var value)
            && expression.Values.Contains(value)
        );
}
