using System.Text.RegularExpressions;
using k8s.Models;
using static PayFlow.Deploy.Tests.Pods;

namespace PayFlow.Deploy.Tests;

/// <summary>What Prometheus and Grafana are told, and by whom.</summary>
public sealed partial class MonitoringTests
{
    [Theory]
    [InlineData("prometheus", "rules")]
    [InlineData("grafana", "provisioning")]
    [InlineData("grafana", "dashboards")]
    public async Task Every_rule_data_source_and_dashboard_is_in_a_ConfigMap(string folder, string part)
    {
        var root = Repository.In($"deploy/{folder}");
        var listed = await File.ReadAllTextAsync(
            Path.Combine(root, "kustomization.yaml"),
            TestContext.Current.CancellationToken
        );
        var files = Directory.Exists(Path.Combine(root, part))
            ? Directory.GetFiles(Path.Combine(root, part), "*", SearchOption.AllDirectories)
            : [];
        Assert.All(files, file => Assert.Contains(Path.GetRelativePath(root, file), listed, StringComparison.Ordinal));
    }

    /// <summary>Its alert asks for this CronJob by its name, and rings where nobody tells of it.</summary>
    [Theory]
    [InlineData("small")]
    [InlineData("ha")]
    public async Task Prometheus_reads_the_last_backup_and_the_ready_pods_with_no_other_right(string profile)
    {
        var rendered = await Rendered.OfAsync(profile);
        var teller = rendered
            .All<V1Deployment>()
            .Single(one => one.Metadata.Name == "kube-state-metrics")
            .Spec.Template;
        Assert.Equal(["--namespaces=payflow", "--resources=cronjobs,pods"], teller.Spec.Containers.Single().Args);
        var binding = Assert.Single(
            rendered.All<V1RoleBinding>(),
            one => one.Subjects.Any(subject => subject.Name == teller.Spec.ServiceAccountName)
        );
        var rights = rendered.All<V1Role>().Single(role => role.Metadata.Name == binding.RoleRef.Name).Rules;
        Assert.Equal(
            ["batch cronjobs list,watch", " pods list,watch"],
            rights.Select(right =>
                $"{Assert.Single(right.ApiGroups)} {Assert.Single(right.Resources)} {string.Join(',', right.Verbs)}"
            )
        );

        var service = rendered.All<V1Service>().Single(one => Matches(one.Spec.Selector, teller));
        var told = await File.ReadAllTextAsync(
            Repository.In("deploy/prometheus/prometheus.yml"),
            TestContext.Current.CancellationToken
        );
        Assert.Contains(
            "- job_name: kube-state-metrics\n    static_configs:\n      - targets: "
                + $"['{service.Metadata.Name}:{Assert.Single(service.Spec.Ports).Port}']\n",
            told,
            StringComparison.Ordinal
        );
        var alerts = await File.ReadAllTextAsync(
            Repository.In("deploy/prometheus/rules/alerts.yml"),
            TestContext.Current.CancellationToken
        );
        Assert.Contains("up{job=\"kube-state-metrics\"}", alerts, StringComparison.Ordinal);
        var asked = AskedCronJob()
            .Matches(alerts)
            .Select(match => match.Groups["name"].Value)
            .Distinct(StringComparer.Ordinal);
        Assert.Contains(
            rendered.All<V1CronJob>(),
            job => job.Metadata.Name == Assert.Single(asked) && job.Spec.Suspend is not true
        );
    }

    /// <summary>The service defaults make k8s.pod.name and k8s.namespace.name of them.</summary>
    [Theory]
    [MemberData(nameof(Profiles.Everything), MemberType = typeof(Profiles))]
    public async Task Each_pod_of_a_service_has_its_own_name_for_its_telemetry(string folder)
    {
        var rendered = await Rendered.OfAsync(folder);
        var pods = rendered
            .All<V1Deployment>()
            .Where(one =>
                one.Spec.Template.Spec.Containers.Any(container => Profiles.Services.Contains(container.Name))
            )
            .ToList();
        if (folder != "cluster" && !folder.StartsWith("variants/", StringComparison.Ordinal))
            Assert.Equal(
                Profiles.Services.Order(StringComparer.Ordinal),
                pods.Select(one => one.Metadata.Name).Order(StringComparer.Ordinal)
            );
        Assert.All(
            pods,
            one =>
            {
                var environment = one
                    .Spec.Template.Spec.Containers.Single(container => Profiles.Services.Contains(container.Name))
                    .Env;
                Assert.Equal(
                    "metadata.name",
                    environment.Single(variable => variable.Name == "POD_NAME").ValueFrom.FieldRef.FieldPath
                );
                Assert.Equal(
                    "metadata.namespace",
                    environment.Single(variable => variable.Name == "POD_NAMESPACE").ValueFrom.FieldRef.FieldPath
                );
            }
        );
    }

    /// <summary>
    /// A kubelet knows of every namespace, so this right is the administrator's to give, and is for metrics only.
    /// </summary>
    [Theory]
    [InlineData("small")]
    [InlineData("ha")]
    public async Task Prometheus_may_read_the_metrics_of_nodes_and_reach_their_kubelets(string profile)
    {
        var cluster = await Rendered.OfAsync("cluster");
        var account = (await Rendered.OfAsync(profile))
            .Pods.Single(pod => pod.Owner == "StatefulSet/prometheus")
            .Pod.Spec.ServiceAccountName;
        var binding = Assert.Single(
            cluster.All<V1ClusterRoleBinding>(),
            one => one.Subjects.Any(subject => subject.Name == account && subject.NamespaceProperty == "payflow")
        );
        Assert.Equal(
            [" nodes get,list,watch", " nodes/metrics get"],
            cluster
                .All<V1ClusterRole>()
                .Single(role => role.Metadata.Name == binding.RoleRef.Name)
                .Rules.Select(right =>
                    $"{Assert.Single(right.ApiGroups)} {Assert.Single(right.Resources)} {string.Join(',', right.Verbs)}"
                )
        );
        var policy = (await Rendered.OfAsync(profile))
            .All<V1NetworkPolicy>()
            .Single(one => one.Metadata.Name == "prometheus");
        Assert.Contains(policy.Spec.Egress, way => way.To is null && way.Ports.Any(port => port.Port.Value == "10250"));
    }

    [Theory]
    [InlineData("ha")]
    [InlineData("small+telemetry")]
    public async Task Prometheus_reads_what_the_collector_loses(string folder)
    {
        var rendered = await Rendered.OfAsync(folder);
        var service = rendered.All<V1Service>().Single(one => one.Metadata.Name == "collector");
        var port = service.Spec.Ports.Single(one => one.Name == "metrics").Port;
        Assert.Contains(
            $"port: {port}",
            rendered
                .All<V1ConfigMap>()
                .Single(map => map.Metadata.Name.StartsWith("collector-config", StringComparison.Ordinal))
                .Data["collector-config.yaml"],
            StringComparison.Ordinal
        );
        Assert.Contains(
            $"- names: [{service.Metadata.Name}]\n        type: A\n        port: {port}\n",
            await File.ReadAllTextAsync(
                Repository.In("deploy/prometheus/prometheus.yml"),
                TestContext.Current.CancellationToken
            ),
            StringComparison.Ordinal
        );
        Assert.Contains(
            rendered.All<V1NetworkPolicy>().Single(one => one.Metadata.Name == "collector").Spec.Ingress,
            way =>
                way.FromProperty.Single().PodSelector.MatchLabels?["app"] == "prometheus"
                && way.Ports.Single().Port.Value == $"{port}"
        );
    }

    /// <summary>Two pods cannot open one store, so the old one ends before the new one starts.</summary>
    [Theory]
    [InlineData("ha+telemetry-kept")]
    [InlineData("small+telemetry+telemetry-kept")]
    public async Task Traces_can_be_kept_on_a_volume(string folder)
    {
        var rendered = await Rendered.OfAsync(folder);
        var jaeger = rendered.All<V1Deployment>().Single(one => one.Metadata.Name == "jaeger").Spec;
        Assert.Equal("Recreate", jaeger.Strategy.Type);
        var container = jaeger.Template.Spec.Containers.Single();
        var config = rendered
            .All<V1ConfigMap>()
            .Single(map => map.Metadata.Name.StartsWith("jaeger-config", StringComparison.Ordinal))
            .Data["jaeger-config.yaml"];
        var data = jaeger.Template.Spec.Volumes.Single(volume => volume.PersistentVolumeClaim is not null);
        var folderOfData = container.VolumeMounts.Single(mount => mount.Name == data.Name).MountPath;
        Assert.Contains(
            $"directories: {{keys: {folderOfData}/keys, values: {folderOfData}/values}}",
            config,
            StringComparison.Ordinal
        );
        Assert.All(
            container.Ports,
            port => Assert.Contains($"0.0.0.0:{port.ContainerPort}\"", config, StringComparison.Ordinal)
        );
        Assert.Contains(
            rendered.All<V1PersistentVolumeClaim>(),
            claim => claim.Metadata.Name == data.PersistentVolumeClaim.ClaimName
        );
    }

    [Fact]
    public async Task Prometheus_finds_the_Alertmanager_that_is_there()
    {
        var rendered = await Rendered.OfAsync("small+alerting");
        var service = rendered.All<V1Service>().Single(one => one.Metadata.Name == "alertmanager");
        var told = await File.ReadAllTextAsync(
            Repository.In("deploy/prometheus/prometheus.yml"),
            TestContext.Current.CancellationToken
        );
        Assert.Matches(
            $@"(?s)alertmanagers:.*names: \[{service.Metadata.Name}\].*port: {service.Spec.Ports.Single().Port}\n",
            told
        );
        var example = await File.ReadAllTextAsync(
            Repository.In("deploy/k3s/alerting/alertmanager.yml"),
            TestContext.Current.CancellationToken
        );
        Assert.Contains("severity=\"page\"", example, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Grafana_shows_logs_and_traces_where_there_are_some()
    {
        foreach (var folder in (string[])["ha", "small+telemetry"])
        {
            var rendered = await Rendered.OfAsync(folder);
            var sources = rendered
                .All<V1ConfigMap>()
                .Single(map => map.Metadata.Name.StartsWith("grafana-datasources-", StringComparison.Ordinal))
                .Data;
            Assert.Equal(["datasources.yml", "prometheus.yml"], sources.Keys.Order(StringComparer.Ordinal));
            var services = rendered
                .All<V1Service>()
                .SelectMany(service =>
                    service.Spec.Ports.Select(port => $"url: http://{service.Metadata.Name}:{port.Port}\n")
                );
            Assert.Equal(2, services.Count(url => sources["datasources.yml"].Contains(url, StringComparison.Ordinal)));
        }
    }

    /// <summary>
    /// Each memory limit has room above the bound that the program keeps itself; what waits for a back end that is away
    /// has a bound as well.
    /// </summary>
    [Theory]
    [InlineData("ha")]
    [InlineData("small+telemetry")]
    public async Task A_burst_of_telemetry_or_a_back_end_that_is_away_has_bounds(string folder)
    {
        var rendered = await Rendered.OfAsync(folder);
        string Config(string name) =>
            rendered
                .All<V1ConfigMap>()
                .Single(map => map.Metadata.Name.StartsWith(name, StringComparison.Ordinal))
                .Data[$"{name}.yaml"];
        foreach (var name in (string[])["collector", "jaeger"])
        {
            var container = rendered
                .All<V1Deployment>()
                .Single(one => one.Metadata.Name == name)
                .Spec.Template.Spec.Containers.Single();
            var bound =
                long.Parse(
                    container
                        .Env.Single(variable => variable.Name == "GOMEMLIMIT")
                        .Value.Replace("MiB", "", StringComparison.Ordinal),
                    System.Globalization.CultureInfo.InvariantCulture
                ) << 20;
            Assert.InRange(bound, 1, (long)container.Resources.Limits["memory"].ToDecimal() * 9 / 10);
        }

        var collector = Config("collector-config");
        Assert.Contains("send_batch_max_size: 1024", collector, StringComparison.Ordinal);
        Assert.Equal(Exporter().Count(collector), SendingQueue().Count(collector));
        var loki = Config("loki-config");
        Assert.Contains("grpc_server_max_recv_msg_size: 16777216", loki, StringComparison.Ordinal);
        Assert.Contains("ingestion_burst_size_mb: 32", loki, StringComparison.Ordinal);
        // Not ready is no reason to kill it: it would begin its replay again.
        var probes = rendered
            .All<V1StatefulSet>()
            .Single(one => one.Metadata.Name == "loki")
            .Spec.Template.Spec.Containers.Single();
        Assert.NotEqual(probes.ReadinessProbe.HttpGet.Path, probes.LivenessProbe.HttpGet.Path);
        Assert.NotNull(probes.StartupProbe);
    }

    [Theory]
    [InlineData("StatefulSet/prometheus", 9090)]
    [InlineData("Deployment/alertmanager", 9093)]
    public async Task A_link_in_an_alert_leads_through_the_documented_tunnel(string owner, int port)
    {
        var container = (await Rendered.OfAsync("small+alerting"))
            .Pods.Single(pod => pod.Owner == owner)
            .Pod.Spec.Containers.Single();
        Assert.Contains($"--web.external-url=http://localhost:{port}", container.Args);
        Assert.Matches(
            $@"kc port-forward service/{owner.Split('/')[1]} {port}\b",
            await File.ReadAllTextAsync(Repository.In("docs/deploy.md"), TestContext.Current.CancellationToken)
        );
    }

    [GeneratedRegex("^  otlp(http)?/", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Exporter();

    [GeneratedRegex(
        "^    sending_queue: [{]sizer: (items|bytes), queue_size: [0-9]+[}]$",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex SendingQueue();

    [GeneratedRegex("cronjob=\"(?<name>[^\"]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex AskedCronJob();
}
