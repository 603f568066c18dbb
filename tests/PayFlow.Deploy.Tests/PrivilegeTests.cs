using System.Text.RegularExpressions;
using k8s.Models;
using static PayFlow.Deploy.Tests.Pods;

namespace PayFlow.Deploy.Tests;

/// <summary>What a pod, an account and a log may do and tell.</summary>
public sealed partial class PrivilegeTests
{
    [Theory]
    [MemberData(nameof(Profiles.Everything), MemberType = typeof(Profiles))]
    public async Task Every_pod_is_locked_in_bounded_and_looked_after(string folder)
    {
        var rendered = await Rendered.OfAsync(folder);
        foreach (var (owner, pod) in rendered.Pods)
        {
            Assert.True(
                pod.Spec.SecurityContext
                    is { RunAsNonRoot: true, RunAsUser: > 0, SeccompProfile.Type: "RuntimeDefault" },
                owner
            );
            Assert.True(
                pod.Spec.ServiceAccountName is not null || pod.Spec.AutomountServiceAccountToken is false,
                $"{owner} carries a token of the cluster"
            );
            foreach (var container in Containers(pod))
            {
                var where = $"{owner}, {container.Name}";
                Assert.True(
                    container.SecurityContext is { AllowPrivilegeEscalation: false } context
                        && context.Capabilities.Drop.SequenceEqual(["ALL"]),
                    where
                );
                // The broker's image writes its configuration at its start (deploy/k3s/kafka-single).
                if (container.Name != "messaging")
                    Assert.True(container.SecurityContext.ReadOnlyRootFilesystem, where);
                Assert.True(
                    container.Resources is { Requests: not null, Limits: not null } bounds
                        && bounds.Requests.ContainsKey("memory")
                        && bounds.Requests.ContainsKey("cpu")
                        && bounds.Limits.ContainsKey("memory"),
                    $"{where} has no bounds"
                );
                // Ours are named by digest once the release workflow has written them to deploy/k3s/images.
                Assert.True(
                    PinnedImage().IsMatch(container.Image)
                        || container.Image.StartsWith("payflow-", StringComparison.Ordinal),
                    $"{where}: {container.Image}"
                );
            }

            if (owner.StartsWith("CronJob", StringComparison.Ordinal))
                continue;
            Assert.All(
                pod.Spec.Containers,
                container =>
                    Assert.True(
                        container.ReadinessProbe is not null && container.LivenessProbe is not null,
                        $"{owner} is not probed"
                    )
            );
        }

        foreach (
            var service in rendered
                .All<V1Deployment>()
                .Where(deployment =>
                    Profiles.Services.Contains(deployment.Spec.Template.Metadata.Labels["app"], StringComparer.Ordinal)
                )
        )
        {
            var pod = service.Spec.Template.Spec;
            Assert.NotNull(pod.Containers.Single().StartupProbe);
            Assert.Equal("RollingUpdate", service.Spec.Strategy.Type);
            // The drain and the 30 s that a host gives its work fit into the time that a pod has to end.
            Assert.True(
                pod.TerminationGracePeriodSeconds >= pod.Containers.Single().Lifecycle.PreStop.Sleep.Seconds + 30,
                service.Metadata.Name
            );
        }
    }

    /// <summary>Kubernetes refuses a Role with a right that who applies it does not have.</summary>
    [Theory]
    [MemberData(nameof(Profiles.Whole), MemberType = typeof(Profiles))]
    public async Task Who_rolls_out_has_every_right_that_a_profile_gives(string folder)
    {
        var own = (await Rendered.OfAsync("cluster"))
            .All<V1Role>()
            .Single(role => role.Metadata.Name == "deployer")
            .Rules;
        var given = (await Rendered.OfAsync(folder))
            .All<V1Role>()
            .SelectMany(role => role.Rules)
            .SelectMany(rule =>
                rule.ApiGroups.SelectMany(group =>
                    rule.Resources.SelectMany(resource => rule.Verbs.Select(verb => (group, resource, verb)))
                )
            );
        Assert.All(
            given,
            right =>
                Assert.Contains(
                    own,
                    rule =>
                        rule.ApiGroups.Contains(right.group)
                        && rule.Resources.Contains(right.resource)
                        && rule.Verbs.Contains(right.verb)
                )
        );
    }

    /// <summary>An error's detail holds values of rows, and a statement may as well.</summary>
    [Fact]
    public async Task PostgreSQL_s_own_log_tells_no_row()
    {
        var arguments = (await Rendered.OfAsync("small"))
            .All<V1StatefulSet>()
            .Single(set => set.Metadata.Name == "postgres")
            .Spec.Template.Spec.Containers.Single()
            .Args;
        var cluster = (await Rendered.OfAsync("ha")).Documents.Single(document => document.Kind == "Cluster").Text;
        foreach (
            var (name, value) in ((string, string)[])
                [("log_error_verbosity", "terse"), ("log_min_error_statement", "panic")]
        )
        {
            Assert.Equal("-c", arguments[arguments.IndexOf($"{name}={value}") - 1]);
            Assert.Matches($@"(?m)^    parameters:\n(      .+\n)*      {name}: {value}$", cluster);
        }
    }

    [GeneratedRegex(@"@sha256:[0-9a-f]{64}$|:v?\d+(\.\d+)+$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex PinnedImage();
}
