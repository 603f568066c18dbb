using k8s.Models;
using YamlDotNet.RepresentationModel;
using static PayFlow.Deploy.Tests.Pods;

namespace PayFlow.Deploy.Tests;

/// <summary>What one document says of another: selectors, ports and names.</summary>
public sealed class ReferenceTests
{
    // Labels that an operator puts on pods of its own making.
    private static readonly string[] OperatorLabels =
    [
        "cnpg.io/cluster",
        "strimzi.io/cluster",
        "acme.cert-manager.io/http01-solver",
    ];

    [Theory]
    [MemberData(nameof(Profiles.Whole), MemberType = typeof(Profiles))]
    public async Task Every_selector_matches_and_every_port_is_one_of_a_container(string folder)
    {
        var rendered = await Rendered.OfAsync(folder);
        var pods = rendered.Pods.ToList();

        foreach (var service in rendered.All<V1Service>())
        {
            var matched = pods.Where(pod => Matches(service.Spec.Selector, pod.Pod)).ToList();
            Assert.True(matched.Count > 0, $"Service/{service.Metadata.Name} selects no pod");
            foreach (var port in service.Spec.Ports)
            {
                Assert.All(matched, pod => Assert.Contains(port.TargetPort.ToInt(), Ports(pod.Pod)));
            }
        }

        foreach (var policy in rendered.All<V1NetworkPolicy>())
        {
            AssertSelects(policy.Spec.PodSelector, pods, policy.Metadata.Name);
            var own = pods.Where(pod => Matches(policy.Spec.PodSelector, pod.Pod)).ToList();
            foreach (var rule in policy.Spec.Ingress ?? [])
            {
                foreach (var peer in (rule.FromProperty ?? []).Where(peer => peer.NamespaceSelector is null))
                    AssertSelects(peer.PodSelector, pods, policy.Metadata.Name);
                if (own.Count > 0)
                    Assert.All(
                        rule.Ports ?? [],
                        port => Assert.Contains(own, pod => Ports(pod.Pod).Contains(Port(port)))
                    );
            }

            foreach (var rule in policy.Spec.Egress ?? [])
            {
                foreach (var peer in (rule.To ?? []).Where(peer => peer.NamespaceSelector is null))
                {
                    AssertSelects(peer.PodSelector, pods, policy.Metadata.Name);
                    var reached = pods.Where(pod => Matches(peer.PodSelector, pod.Pod)).ToList();
                    if (reached.Count > 0)
                        Assert.All(
                            rule.Ports ?? [],
                            port => Assert.Contains(reached, pod => Ports(pod.Pod).Contains(Port(port)))
                        );
                }
            }
        }

        foreach (var budget in rendered.All<V1PodDisruptionBudget>())
            AssertSelects(budget.Spec.Selector, pods, budget.Metadata.Name);
        foreach (var deployment in rendered.All<V1Deployment>())
            Assert.True(Matches(deployment.Spec.Selector, deployment.Spec.Template), deployment.Metadata.Name);
        foreach (var set in rendered.All<V1StatefulSet>())
            Assert.True(Matches(set.Spec.Selector, set.Spec.Template), set.Metadata.Name);
        foreach (var pod in pods)
        {
            foreach (var spread in pod.Pod.Spec.TopologySpreadConstraints ?? [])
                Assert.True(Matches(spread.LabelSelector, pod.Pod), pod.Owner);
        }
    }

    [Theory]
    [MemberData(nameof(Profiles.Whole), MemberType = typeof(Profiles))]
    public async Task Every_name_that_is_referred_to_exists(string folder)
    {
        var rendered = await Rendered.OfAsync(folder);
        var maps = rendered.Names<V1ConfigMap>();
        var claims = rendered
            .Names<V1PersistentVolumeClaim>()
            .Concat(
                rendered
                    .All<V1StatefulSet>()
                    .SelectMany(set =>
                        (set.Spec.VolumeClaimTemplates ?? []).Select(claim =>
                            $"{claim.Metadata.Name}-{set.Metadata.Name}-0"
                        )
                    )
            )
            .ToHashSet(StringComparer.Ordinal);
        var accounts = rendered.Names<V1ServiceAccount>();
        var services = rendered.All<V1Service>().ToDictionary(service => service.Metadata.Name, StringComparer.Ordinal);
        // Made by hand from what the script prints, or by the operator that the ExternalSecret speaks to.
        // The certificate of its authority is Strimzi's own to make.
        var strimzi = rendered.Documents.Any(document => document.Kind == "Kafka")
            ? (string[])["messaging-cluster-ca-cert"]
            : [];
        var secrets = (await SecretsOfAsync(folder))
            .Concat(rendered.ExternalSecrets)
            .Concat(strimzi)
            .ToHashSet(StringComparer.Ordinal);

        foreach (var (owner, pod) in rendered.Pods)
        {
            var mounted = (pod.Spec.Volumes ?? [])
                .Select(volume => volume.Name)
                .Concat(
                    rendered
                        .All<V1StatefulSet>()
                        .Where(set => set.Spec.Template == pod)
                        .SelectMany(set => set.Spec.VolumeClaimTemplates ?? [])
                        .Select(claim => claim.Metadata.Name)
                )
                .ToHashSet(StringComparer.Ordinal);
            foreach (var container in Containers(pod))
            {
                Assert.All(
                    container.VolumeMounts ?? [],
                    mount => Assert.True(mounted.Contains(mount.Name), $"{owner}: no volume {mount.Name}")
                );
                foreach (var source in container.EnvFrom ?? [])
                {
                    if (source.ConfigMapRef is { } map)
                        Assert.True(maps.Contains(map.Name), $"{owner}: no ConfigMap {map.Name}");
                    if (source.SecretRef is { } secret)
                        Assert.True(secrets.Contains(secret.Name), $"{owner}: no Secret {secret.Name}");
                }

                foreach (var variable in container.Env ?? [])
                {
                    if (variable.ValueFrom?.SecretKeyRef is { } secret)
                        Assert.True(secrets.Contains(secret.Name), $"{owner}: no Secret {secret.Name}");
                }
            }

            foreach (var volume in pod.Spec.Volumes ?? [])
            {
                if (volume.ConfigMap is { } map)
                    Assert.True(maps.Contains(map.Name), $"{owner}: no ConfigMap {map.Name}");
                if (volume.Secret is { } secret)
                    Assert.True(secrets.Contains(secret.SecretName), $"{owner}: no Secret {secret.SecretName}");
                if (volume.PersistentVolumeClaim is { } claim)
                    Assert.True(claims.Contains(claim.ClaimName), $"{owner}: no claim {claim.ClaimName}");
            }

            if (pod.Spec.ServiceAccountName is { } account)
                Assert.True(accounts.Contains(account), $"{owner}: no ServiceAccount {account}");
        }

        foreach (var set in rendered.All<V1StatefulSet>())
            Assert.Contains(set.Spec.ServiceName, services.Keys);
        foreach (var scaler in rendered.All<V2HorizontalPodAutoscaler>())
            Assert.Contains(
                rendered.All<V1Deployment>(),
                deployment => deployment.Metadata.Name == scaler.Spec.ScaleTargetRef.Name
            );
        foreach (var binding in rendered.All<V1RoleBinding>())
        {
            Assert.Contains(rendered.All<V1Role>(), role => role.Metadata.Name == binding.RoleRef.Name);
            Assert.All(binding.Subjects, subject => Assert.Contains(subject.Name, accounts));
        }

        foreach (var ingress in rendered.All<V1Ingress>())
        {
            Assert.All(ingress.Spec.Tls ?? [], tls => Assert.Contains(tls.SecretName, secrets));
            Assert.All(
                ingress.Spec.Rules.SelectMany(rule => rule.Http.Paths),
                path =>
                    Assert.Contains(
                        services[path.Backend.Service.Name].Spec.Ports,
                        port => port.Name == path.Backend.Service.Port.Name
                    )
            );
        }

        foreach (
            var secret in rendered
                .Documents.Where(document => document.Model is null)
                .SelectMany(document => PasswordSecrets(document.Yaml))
        )
            Assert.Contains(secret, secrets);
    }

    /// <summary>
    /// The pods of an operator are not rendered, so that a policy which is missing is missed nowhere else.
    /// </summary>
    [Theory]
    [InlineData("small", "app", "postgres", 5432, "accounts,transactions,notifications,backup")]
    [InlineData("small", "app", "messaging", 9092, "web,accounts,transactions,notifications")]
    [InlineData("ha", "cnpg.io/cluster", "postgres", 5432, "accounts,transactions,notifications,backup")]
    [InlineData("ha", "strimzi.io/cluster", "messaging", 9093, "web,accounts,transactions,notifications")]
    public async Task Database_and_broker_let_in_those_who_need_them_who_may_go_there(
        string profile,
        string label,
        string value,
        int port,
        string clients
    )
    {
        var rendered = await Rendered.OfAsync(profile);
        bool IsTarget(V1LabelSelector? selector) =>
            selector?.MatchLabels is { } labels && labels.TryGetValue(label, out var found) && found == value;

        var target = Assert.Single(rendered.All<V1NetworkPolicy>(), policy => IsTarget(policy.Spec.PodSelector)).Spec;
        Assert.Contains("Ingress", target.PolicyTypes);
        var from = target
            .Ingress.Where(rule => (rule.Ports ?? []).Any(one => Port(one) == port))
            .SelectMany(rule => rule.FromProperty)
            .SelectMany(peer => peer.PodSelector?.MatchExpressions ?? []);
        Assert.Equal(clients.Split(','), Assert.Single(from).Values);
        foreach (var client in clients.Split(','))
        {
            Assert.All(
                rendered.Pods.Where(pod => pod.Pod.Metadata.Labels["app"] == client),
                pod =>
                    Assert.Contains(
                        rendered.All<V1NetworkPolicy>(),
                        policy =>
                            Matches(policy.Spec.PodSelector, pod.Pod)
                            && (policy.Spec.Egress ?? []).Any(rule =>
                                (rule.To ?? []).Any(peer => IsTarget(peer.PodSelector))
                                && rule.Ports.Any(one => Port(one) == port)
                            )
                    )
            );
        }
    }

    /// <summary>Strimzi makes a policy of each listener, beside ours: it must let in no more.</summary>
    [Fact]
    public async Task Who_reaches_Strimzi_s_listener_is_who_our_own_policy_lets_to_it()
    {
        var ha = await Rendered.OfAsync("ha");
        var listener = Assert.Single(
            (YamlSequenceNode)
                ha.Documents.Single(document => document.Kind == "Kafka").Yaml["spec"]["kafka"]["listeners"]
        );
        var own = Assert.Single(
            ha.All<V1NetworkPolicy>().Single(policy => policy.Metadata.Name == "broker").Spec.Ingress,
            rule => (rule.Ports ?? []).Any(port => Port(port) == 9093)
        );
        var allowed = Assert.Single(Assert.Single(own.FromProperty).PodSelector.MatchExpressions).Values;
        var peer = Assert.Single((YamlSequenceNode)listener["networkPolicyPeers"])["podSelector"]["matchExpressions"][
            0
        ];
        Assert.Equal(["app", "In"], Rendered.Scalars(peer["key"]).Concat(Rendered.Scalars(peer["operator"])));
        Assert.Equal(allowed, Rendered.Scalars(peer["values"]));
    }

    /// <summary>Names below a <c>passwordSecret</c> of a custom resource.</summary>
    private static IEnumerable<string> PasswordSecrets(YamlNode node) =>
        node switch
        {
            YamlSequenceNode sequence => sequence.Children.SelectMany(PasswordSecrets),
            YamlMappingNode mapping => mapping.Children.SelectMany(child =>
                child.Key is YamlScalarNode { Value: "passwordSecret" }
                    ? Rendered.Scalars(child.Value)
                    : PasswordSecrets(child.Value)
            ),
            _ => [],
        };

    /// <summary>
    /// What is there without an operator that fetches it: the script's, unless all comes from Vault, and what a person
    /// or cert-manager makes.
    /// </summary>
    private static async Task<IEnumerable<string>> SecretsOfAsync(string folder)
    {
        var parts = folder.Split('+');
        IEnumerable<string> byScript = parts.Any(part => part.StartsWith("external-secrets", StringComparison.Ordinal))
            ? []
            : (await Rendered.PrintedAsync(parts[0])).Keys;
        return byScript
            .Concat(parts.Contains("alerting", StringComparer.Ordinal) ? ["alertmanager-secrets"] : [])
            .Concat(parts.Contains("letsencrypt", StringComparer.Ordinal) ? ["payflow-tls"] : []);
    }

    /// <summary>Each value of an expression is some pod's, so that no name in it is a leftover.</summary>
    private static void AssertSelects(
        V1LabelSelector selector,
        IReadOnlyList<(string Owner, V1PodTemplateSpec Pod)> pods,
        string of
    )
    {
        if (
            (selector.MatchLabels ?? new Dictionary<string, string>()).Keys.Any(label =>
                OperatorLabels.Contains(label, StringComparer.Ordinal)
            )
        )
            return;
        Assert.True(pods.Any(pod => Matches(selector, pod.Pod)), $"{of} selects no pod");
        foreach (var expression in selector.MatchExpressions ?? [])
        {
            Assert.All(
                expression.Values,
                value =>
                    Assert.True(
                        pods.Any(pod =>
                            pod.Pod.Metadata.Labels.TryGetValue(expression.Key, out var label) && label == value
                        ),
                        $"{of}: nothing is {expression.Key}={value}"
                    )
            );
        }
    }
}
