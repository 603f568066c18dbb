using System.Globalization;
using System.Text.RegularExpressions;
using k8s.Models;
using static PayFlow.Deploy.Tests.Pods;

namespace PayFlow.Deploy.Tests;

/// <summary>How a browser or a client of the API comes in.</summary>
public sealed partial class EntryTests
{
    [Fact]
    public async Task The_plan_s_ports_lead_to_a_service_through_Traefik_alone_where_somebody_asks_for_them()
    {
        var small = await Rendered.OfAsync("small+host-ports");
        Assert.Equal(
            [3001, 9090],
            small
                .All<V1Service>()
                .Where(service => service.Spec.Type == "LoadBalancer")
                .SelectMany(service => service.Spec.Ports)
                .Select(port => port.Port)
                .Order()
        );
        // Traefik replaces what a client says of its address; whom else a policy let in could say anything.
        var told = (await Rendered.OfAsync("cluster"))
            .Documents.Single(document => document.Kind == "HelmChartConfig")
            .Text;
        Assert.Contains("externalTrafficPolicy: Local", told, StringComparison.Ordinal);
        Assert.DoesNotContain("forwardedHeaders", told, StringComparison.Ordinal);
        var entries = EntryPoint()
            .Matches(told)
            .ToDictionary(
                entry => entry.Groups["name"].Value,
                entry => int.Parse(entry.Groups["port"].ValueSpan, CultureInfo.InvariantCulture),
                StringComparer.Ordinal
            );
        var ports = small
            .All<V1Ingress>()
            .SelectMany(ingress =>
                ingress
                    .Metadata.Annotations["traefik.ingress.kubernetes.io/router.entrypoints"]
                    .Split(',')
                    .Where(entry => entry is not ("web" or "websecure"))
                    .Select(entry =>
                        (
                            entries[entry],
                            Assert.Single(Assert.Single(ingress.Spec.Rules).Http.Paths).Backend.Service.Name
                        )
                    )
            )
            .Order();
        Assert.Equal(
            [(3000, "web"), (8080, "web"), (8081, "accounts"), (8082, "transactions"), (8083, "notifications")],
            ports
        );
        foreach (var profile in (string[])["small+host-ports", "small", "ha"])
        {
            var rendered = await Rendered.OfAsync(profile);
            var services = rendered
                .All<V1Service>()
                .ToDictionary(
                    service => service.Metadata.Name,
                    service => service.Spec.Ports.Select(port => port.Port).ToList(),
                    StringComparer.Ordinal
                );
            foreach (
                var (name, port) in ((string, int)[])
                    [
                        ("web", 8080),
                        ("accounts", 8081),
                        ("transactions", 8082),
                        ("notifications", 8083),
                        ("prometheus", 9090),
                        ("grafana", 3001),
                    ]
            )
                Assert.Contains(port, services[name]);
            foreach (
                var (owner, pod) in rendered.Pods.Where(pod =>
                    Profiles.Services.Contains(pod.Pod.Metadata.Labels["app"], StringComparer.Ordinal)
                )
            )
            {
                Assert.All(
                    rendered
                        .All<V1NetworkPolicy>()
                        .Where(policy => Matches(policy.Spec.PodSelector, pod))
                        .SelectMany(policy => policy.Spec.Ingress ?? []),
                    rule => Assert.True(rule.FromProperty?.Count > 0, owner)
                );
            }
        }
    }

    /// <summary>
    /// Past the gateway there is no TLS, no limit for requests without a session, and no login at Prometheus.
    /// </summary>
    [Theory]
    [InlineData("small")]
    [InlineData("ha")]
    public async Task Nothing_is_published_by_itself_but_the_gateway(string profile)
    {
        var rendered = await Rendered.OfAsync(profile);
        Assert.All(
            rendered.All<V1Service>(),
            service => Assert.Contains(service.Spec.Type, (string?[])[null, "ClusterIP"])
        );
        foreach (var ingress in rendered.All<V1Ingress>())
        {
            Assert.All(
                ingress.Metadata.Annotations["traefik.ingress.kubernetes.io/router.entrypoints"].Split(','),
                entry => Assert.Contains(entry, (string[])["web", "websecure"])
            );
            Assert.All(
                ingress.Spec.Rules.SelectMany(rule => rule.Http.Paths),
                path => Assert.Equal("web", path.Backend.Service.Name)
            );
        }

        Assert.All(
            rendered.Pods.SelectMany(pod => Containers(pod.Pod)).SelectMany(container => container.Ports ?? []),
            port => Assert.Null(port.HostPort)
        );
        Assert.All(rendered.Pods, pod => Assert.NotEqual(true, pod.Pod.Spec.HostNetwork));
    }

    [Theory]
    [InlineData("small")]
    [InlineData("ha")]
    public async Task Who_comes_without_TLS_is_sent_to_it(string profile)
    {
        var rendered = await Rendered.OfAsync(profile);
        var ingress = rendered
            .All<V1Ingress>()
            .Single(one => one.Metadata.Annotations["traefik.ingress.kubernetes.io/router.entrypoints"] == "web");
        var middleware = rendered.Documents.Single(document => document.Kind == "Middleware");
        Assert.Equal(
            $"payflow-{middleware.Name}@kubernetescrd",
            ingress.Metadata.Annotations["traefik.ingress.kubernetes.io/router.middlewares"]
        );
        Assert.Contains("scheme: https", middleware.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("small")]
    [InlineData("ha")]
    public async Task A_browser_stays_with_its_Web_and_every_Web_opens_its_cookies(string profile)
    {
        var rendered = await Rendered.OfAsync(profile);
        var service = rendered.All<V1Service>().Single(one => one.Metadata.Name == "web");
        Assert.Equal("true", service.Metadata.Annotations["traefik.ingress.kubernetes.io/service.sticky.cookie"]);
        Assert.Equal(
            "true",
            service.Metadata.Annotations["traefik.ingress.kubernetes.io/service.sticky.cookie.secure"]
        );
        Assert.Equal(
            "true",
            service.Metadata.Annotations["traefik.ingress.kubernetes.io/service.sticky.cookie.httponly"]
        );
        var web = rendered.All<V1Deployment>().Single(one => one.Metadata.Name == "web").Spec;
        var container = web.Template.Spec.Containers.Single();
        var path = container.Env.Single(variable => variable.Name == "DataProtection__KeyPath").Value;
        var mount = container.VolumeMounts.Single(one => one.MountPath == path);
        var claim = rendered
            .All<V1PersistentVolumeClaim>()
            .Single(one =>
                one.Metadata.Name
                == web.Template.Spec.Volumes.Single(volume => volume.Name == mount.Name).PersistentVolumeClaim.ClaimName
            );
        Assert.NotEqual(true, mount.ReadOnlyProperty);
        // On one node all can mount it; on many only where the volume says so.
        Assert.Equal(profile == "ha" ? "ReadWriteMany" : "ReadWriteOnce", Assert.Single(claim.Spec.AccessModes));
    }

    [GeneratedRegex(@"(?<name>[a-z]+): \{port: \d+, exposedPort: (?<port>\d+),", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex EntryPoint();
}
