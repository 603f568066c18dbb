using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using k8s;
using k8s.Models;
using YamlDotNet.RepresentationModel;

namespace PayFlow.Deploy.Tests;

/// <summary>What a cluster is given, of each profile and with each component that a profile does not have by itself.</summary>
public sealed partial class ManifestTests
{
    private const string Canary = "variants/canary";
    private const string Green = "variants/green";
    private const string GreenServes = "variants/green-serves";

    private static readonly string[] Services = ["accounts", "transactions", "notifications", "web"];

    // Labels that an operator puts on pods of its own making.
    private static readonly string[] OperatorLabels = ["cnpg.io/cluster", "strimzi.io/cluster", "acme.cert-manager.io/http01-solver"];

    private static readonly string[] Wholes =
    [
        "small", "ha", "small+redis", "ha+redis", "small+letsencrypt", "ha+letsencrypt", "small+telemetry", "small+mail", "ha+mail", "small+alerting", "ha+alerting",
        "small+external-secrets-small", "ha+external-secrets-ha", "ha+external-secrets-ha+mail+redis+letsencrypt",
    ];

    public static TheoryData<string> Whole => [.. Wholes];

    public static TheoryData<string> Everything => [.. Wholes, Canary, Green, GreenServes, "cluster"];

    [Theory]
    [MemberData(nameof(Everything))]
    public async Task Every_document_is_what_Kubernetes_takes(string folder)
    {
        var rendered = await Rendered.OfAsync(folder);
        Assert.NotEmpty(rendered.Documents);
        Assert.Equal(rendered.Documents.Count, rendered.Documents.Select(document => (document.ApiVersion, document.Kind, document.Name)).Distinct().Count());
        Assert.Empty(rendered.Documents.Where(document => document.Model is null).SelectMany(CustomResources.Check));
        if (folder != "cluster") Assert.All(rendered.All<IKubernetesObject<V1ObjectMeta>>().Where(one => one is not V1Namespace), one => Assert.Equal("payflow", one.Metadata.NamespaceProperty));
    }

    [Theory]
    [MemberData(nameof(Everything))]
    public async Task No_placeholder_is_left(string folder)
    {
        var rendered = await Rendered.OfAsync(folder);
        var left = rendered.Documents.SelectMany(document => Scalars(document.Yaml).Where(text => !text.Contains('\n') && Placeholder().IsMatch(text)).Select(text => $"{document}: {text}"));
        Assert.Empty(left);
        Assert.Empty(rendered.Documents.SelectMany(document => Scalars(document.Yaml).Where(text => text.Contains("set-by-", StringComparison.Ordinal)).Select(text => $"{document}: {text}")));
    }

    [Theory]
    [MemberData(nameof(Everything))]
    public async Task No_secret_is_in_a_ConfigMap_or_in_the_repository(string folder)
    {
        var rendered = await Rendered.OfAsync(folder);
        Assert.Empty(rendered.All<V1Secret>());
        Assert.Empty(rendered.All<V1ConfigMap>().SelectMany(map => (map.Data ?? new Dictionary<string, string>())
            .Where(entry => SecretName().IsMatch(entry.Key) || entry.Value.Contains("Password=", StringComparison.Ordinal))
            .Select(entry => $"{map.Metadata.Name}: {entry.Key}")));
        Assert.Empty(rendered.Pods.SelectMany(pod => Containers(pod.Pod).SelectMany(container => container.Env ?? [])
            .Where(variable => variable.Value is not null && SecretName().IsMatch(variable.Name)).Select(variable => $"{pod.Owner}: {variable.Name}")));
    }

    [Theory]
    [MemberData(nameof(Whole))]
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
                foreach (var peer in (rule.FromProperty ?? []).Where(peer => peer.NamespaceSelector is null)) AssertSelects(peer.PodSelector, pods, policy.Metadata.Name);
                if (own.Count > 0) Assert.All(rule.Ports ?? [], port => Assert.Contains(own, pod => Ports(pod.Pod).Contains(Port(port))));
            }

            foreach (var rule in policy.Spec.Egress ?? [])
            {
                foreach (var peer in (rule.To ?? []).Where(peer => peer.NamespaceSelector is null))
                {
                    AssertSelects(peer.PodSelector, pods, policy.Metadata.Name);
                    var reached = pods.Where(pod => Matches(peer.PodSelector, pod.Pod)).ToList();
                    if (reached.Count > 0) Assert.All(rule.Ports ?? [], port => Assert.Contains(reached, pod => Ports(pod.Pod).Contains(Port(port))));
                }
            }
        }

        foreach (var budget in rendered.All<V1PodDisruptionBudget>()) AssertSelects(budget.Spec.Selector, pods, budget.Metadata.Name);
        foreach (var deployment in rendered.All<V1Deployment>()) Assert.True(Matches(deployment.Spec.Selector, deployment.Spec.Template), deployment.Metadata.Name);
        foreach (var set in rendered.All<V1StatefulSet>()) Assert.True(Matches(set.Spec.Selector, set.Spec.Template), set.Metadata.Name);
        foreach (var pod in pods)
        {
            foreach (var spread in pod.Pod.Spec.TopologySpreadConstraints ?? []) Assert.True(Matches(spread.LabelSelector, pod.Pod), pod.Owner);
        }
    }

    [Theory]
    [MemberData(nameof(Whole))]
    public async Task Every_name_that_is_referred_to_exists(string folder)
    {
        var rendered = await Rendered.OfAsync(folder);
        var maps = Names<V1ConfigMap>(rendered);
        var claims = Names<V1PersistentVolumeClaim>(rendered);
        var accounts = Names<V1ServiceAccount>(rendered);
        var services = rendered.All<V1Service>().ToDictionary(service => service.Metadata.Name, StringComparer.Ordinal);
        // Made by hand from what the script prints, or by the operator that the ExternalSecret speaks to.
        var secrets = (await SecretsOfAsync(folder)).Concat(ExternalSecrets(rendered)).ToHashSet(StringComparer.Ordinal);

        foreach (var (owner, pod) in rendered.Pods)
        {
            var mounted = (pod.Spec.Volumes ?? []).Select(volume => volume.Name).Concat(rendered.All<V1StatefulSet>().Where(set => set.Spec.Template == pod).SelectMany(set => set.Spec.VolumeClaimTemplates ?? []).Select(claim => claim.Metadata.Name)).ToHashSet(StringComparer.Ordinal);
            foreach (var container in Containers(pod))
            {
                Assert.All(container.VolumeMounts ?? [], mount => Assert.True(mounted.Contains(mount.Name), $"{owner}: no volume {mount.Name}"));
                foreach (var source in container.EnvFrom ?? [])
                {
                    if (source.ConfigMapRef is { } map) Assert.True(maps.Contains(map.Name), $"{owner}: no ConfigMap {map.Name}");
                    if (source.SecretRef is { } secret) Assert.True(secrets.Contains(secret.Name), $"{owner}: no Secret {secret.Name}");
                }

                foreach (var variable in container.Env ?? [])
                {
                    if (variable.ValueFrom?.SecretKeyRef is { } secret) Assert.True(secrets.Contains(secret.Name), $"{owner}: no Secret {secret.Name}");
                }
            }

            foreach (var volume in pod.Spec.Volumes ?? [])
            {
                if (volume.ConfigMap is { } map) Assert.True(maps.Contains(map.Name), $"{owner}: no ConfigMap {map.Name}");
                if (volume.Secret is { } secret) Assert.True(secrets.Contains(secret.SecretName), $"{owner}: no Secret {secret.SecretName}");
                if (volume.PersistentVolumeClaim is { } claim) Assert.True(claims.Contains(claim.ClaimName), $"{owner}: no claim {claim.ClaimName}");
            }

            if (pod.Spec.ServiceAccountName is { } account) Assert.True(accounts.Contains(account), $"{owner}: no ServiceAccount {account}");
        }

        foreach (var set in rendered.All<V1StatefulSet>()) Assert.Contains(set.Spec.ServiceName, services.Keys);
        foreach (var scaler in rendered.All<V2HorizontalPodAutoscaler>()) Assert.Contains(rendered.All<V1Deployment>(), deployment => deployment.Metadata.Name == scaler.Spec.ScaleTargetRef.Name);
        foreach (var binding in rendered.All<V1RoleBinding>())
        {
            Assert.Contains(rendered.All<V1Role>(), role => role.Metadata.Name == binding.RoleRef.Name);
            Assert.All(binding.Subjects, subject => Assert.Contains(subject.Name, accounts));
        }

        foreach (var ingress in rendered.All<V1Ingress>())
        {
            Assert.All(ingress.Spec.Tls ?? [], tls => Assert.Contains(tls.SecretName, secrets));
            Assert.All(ingress.Spec.Rules.SelectMany(rule => rule.Http.Paths), path => Assert.Contains(services[path.Backend.Service.Name].Spec.Ports, port => port.Name == path.Backend.Service.Port.Name));
        }

        foreach (var secret in rendered.Documents.Where(document => document.Model is null).SelectMany(document => PasswordSecrets(document.Yaml))) Assert.Contains(secret, secrets);
    }

    [Theory]
    [MemberData(nameof(Everything))]
    public async Task Every_pod_is_locked_in_bounded_and_looked_after(string folder)
    {
        var rendered = await Rendered.OfAsync(folder);
        foreach (var (owner, pod) in rendered.Pods)
        {
            Assert.True(pod.Spec.SecurityContext is { RunAsNonRoot: true, RunAsUser: > 0, SeccompProfile.Type: "RuntimeDefault" }, owner);
            Assert.True(pod.Spec.ServiceAccountName is not null || pod.Spec.AutomountServiceAccountToken is false, $"{owner} carries a token of the cluster");
            foreach (var container in Containers(pod))
            {
                var where = $"{owner}, {container.Name}";
                Assert.True(container.SecurityContext is { AllowPrivilegeEscalation: false } context && context.Capabilities.Drop.SequenceEqual(["ALL"]), where);
                // The broker's image writes its configuration at its start (deploy/k3s/kafka-single).
                if (container.Name != "messaging") Assert.True(container.SecurityContext.ReadOnlyRootFilesystem, where);
                Assert.True(container.Resources is { Requests: not null, Limits: not null } bounds && bounds.Requests.ContainsKey("memory") && bounds.Requests.ContainsKey("cpu") && bounds.Limits.ContainsKey("memory"), $"{where} has no bounds");
                // Ours are named by digest once the release workflow has written them to deploy/k3s/images.
                Assert.True(PinnedImage().IsMatch(container.Image) || container.Image.StartsWith("payflow-", StringComparison.Ordinal), $"{where}: {container.Image}");
            }

            if (owner.StartsWith("CronJob", StringComparison.Ordinal)) continue;
            Assert.All(pod.Spec.Containers, container => Assert.True(container.ReadinessProbe is not null && container.LivenessProbe is not null, $"{owner} is not probed"));
        }

        foreach (var service in rendered.All<V1Deployment>().Where(deployment => Services.Contains(deployment.Spec.Template.Metadata.Labels["app"], StringComparer.Ordinal)))
        {
            var pod = service.Spec.Template.Spec;
            Assert.NotNull(pod.Containers.Single().StartupProbe);
            Assert.Equal("RollingUpdate", service.Spec.Strategy.Type);
            // The drain and the 30 s that a host gives its work fit into the time that a pod has to end.
            Assert.True(pod.TerminationGracePeriodSeconds >= pod.Containers.Single().Lifecycle.PreStop.Sleep.Seconds + 30, service.Metadata.Name);
        }
    }

    [Theory]
    [InlineData("small")]
    [InlineData("ha")]
    public async Task A_service_is_given_all_that_the_app_model_gives_it_and_the_owner_s_connection_only_where_it_migrates(string profile)
    {
        var rendered = await Rendered.OfAsync(profile);
        var secrets = await PrintedAsync(profile);
        var maps = rendered.All<V1ConfigMap>().ToDictionary(map => map.Metadata.Name, StringComparer.Ordinal);
        using var manifest = JsonDocument.Parse(await File.ReadAllTextAsync(Repository.In("PayFlow.AppHost/manifest.json"), TestContext.Current.CancellationToken));
        IEnumerable<string> Given(V1Container container) => container.EnvFrom.SelectMany(source => source.ConfigMapRef is { } map ? maps[map.Name].Data.Keys : secrets[source.SecretRef.Name].StringData.Keys);

        foreach (var service in Services)
        {
            var pod = rendered.All<V1Deployment>().Single(deployment => deployment.Metadata.Name == service).Spec.Template.Spec;
            var declared = manifest.RootElement.GetProperty("resources").GetProperty(service).GetProperty("env").EnumerateObject().Select(variable => variable.Name).ToHashSet(StringComparer.Ordinal);
            var owners = declared.Where(name => name.EndsWith("-owner", StringComparison.Ordinal)).ToHashSet(StringComparer.Ordinal);
            Assert.Empty(declared.Except(owners, StringComparer.Ordinal).Except(Given(pod.Containers.Single()), StringComparer.Ordinal));
            Assert.Empty(Given(pod.Containers.Single()).Intersect(owners, StringComparer.Ordinal));
            if (service == "web") continue;
            var migrate = pod.InitContainers.Single();
            Assert.Empty(declared.Except(Given(migrate), StringComparer.Ordinal));
            Assert.Equal(pod.Containers.Single().Image, migrate.Image);
            Assert.Contains(pod.Containers.Single().Env, variable => variable is { Name: "Migrate", Value: "never" });
        }
    }

    [Fact]
    public async Task The_plan_s_ports_are_there_and_lead_to_a_service_through_Traefik_alone()
    {
        var small = await Rendered.OfAsync("small");
        Assert.Equal([3001, 9090], small.All<V1Service>().Where(service => service.Spec.Type == "LoadBalancer").SelectMany(service => service.Spec.Ports).Select(port => port.Port).Order());
        // Traefik replaces what a client says of its address; whom else a policy let in could say anything.
        var told = (await Rendered.OfAsync("cluster")).Documents.Single(document => document.Kind == "HelmChartConfig").Text;
        Assert.Contains("externalTrafficPolicy: Local", told, StringComparison.Ordinal);
        Assert.DoesNotContain("forwardedHeaders", told, StringComparison.Ordinal);
        var entries = EntryPoint().Matches(told).ToDictionary(entry => entry.Groups["name"].Value, entry => int.Parse(entry.Groups["port"].ValueSpan, CultureInfo.InvariantCulture), StringComparer.Ordinal);
        var ports = small.All<V1Ingress>().SelectMany(ingress => ingress.Metadata.Annotations["traefik.ingress.kubernetes.io/router.entrypoints"].Split(',')
            .Where(entry => entry is not ("web" or "websecure")).Select(entry => (entries[entry], Assert.Single(Assert.Single(ingress.Spec.Rules).Http.Paths).Backend.Service.Name))).Order();
        Assert.Equal([(3000, "web"), (8080, "web"), (8081, "accounts"), (8082, "transactions"), (8083, "notifications")], ports);
        foreach (var profile in (string[])["small", "ha"])
        {
            var rendered = await Rendered.OfAsync(profile);
            var services = rendered.All<V1Service>().ToDictionary(service => service.Metadata.Name, service => service.Spec.Ports.Select(port => port.Port).ToList(), StringComparer.Ordinal);
            foreach (var (name, port) in ((string, int)[])[("web", 8080), ("accounts", 8081), ("transactions", 8082), ("notifications", 8083), ("prometheus", 9090), ("grafana", 3001)]) Assert.Contains(port, services[name]);
            foreach (var (owner, pod) in rendered.Pods.Where(pod => Services.Contains(pod.Pod.Metadata.Labels["app"], StringComparer.Ordinal)))
            {
                Assert.All(rendered.All<V1NetworkPolicy>().Where(policy => Matches(policy.Spec.PodSelector, pod)).SelectMany(policy => policy.Spec.Ingress ?? []), rule => Assert.True(rule.FromProperty?.Count > 0, owner));
            }
        }
    }

    [Theory]
    [InlineData("small")]
    [InlineData("ha")]
    public async Task Who_comes_without_TLS_is_sent_to_it(string profile)
    {
        var rendered = await Rendered.OfAsync(profile);
        var ingress = rendered.All<V1Ingress>().Single(one => one.Metadata.Annotations["traefik.ingress.kubernetes.io/router.entrypoints"] == "web");
        var middleware = rendered.Documents.Single(document => document.Kind == "Middleware");
        Assert.Equal($"payflow-{middleware.Name}@kubernetescrd", ingress.Metadata.Annotations["traefik.ingress.kubernetes.io/router.middlewares"]);
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
        Assert.Equal("true", service.Metadata.Annotations["traefik.ingress.kubernetes.io/service.sticky.cookie.secure"]);
        Assert.Equal("true", service.Metadata.Annotations["traefik.ingress.kubernetes.io/service.sticky.cookie.httponly"]);
        var web = rendered.All<V1Deployment>().Single(one => one.Metadata.Name == "web").Spec;
        var container = web.Template.Spec.Containers.Single();
        var path = container.Env.Single(variable => variable.Name == "DataProtection__KeyPath").Value;
        var mount = container.VolumeMounts.Single(one => one.MountPath == path);
        var claim = rendered.All<V1PersistentVolumeClaim>().Single(one => one.Metadata.Name == web.Template.Spec.Volumes.Single(volume => volume.Name == mount.Name).PersistentVolumeClaim.ClaimName);
        Assert.NotEqual(true, mount.ReadOnlyProperty);
        // On one node all can mount it; on many only where the volume says so.
        Assert.Equal(profile == "ha" ? "ReadWriteMany" : "ReadWriteOnce", Assert.Single(claim.Spec.AccessModes));
    }

    [Fact]
    public async Task In_three_zones_no_two_of_three_are_in_one()
    {
        var ha = await Rendered.OfAsync("ha");
        foreach (var service in Services)
        {
            var pod = ha.All<V1Deployment>().Single(deployment => deployment.Metadata.Name == service).Spec.Template;
            var spread = Assert.Single(pod.Spec.TopologySpreadConstraints, one => one.TopologyKey == "topology.kubernetes.io/zone");
            Assert.Equal((1, "DoNotSchedule"), (spread.MaxSkew, spread.WhenUnsatisfiable));
            // Otherwise a zone whose nodes are down would hold up those that replace its pods.
            Assert.Equal("Honor", spread.NodeTaintsPolicy);
            Assert.Contains("app", spread.MatchLabelKeys);
            Assert.True(ha.All<V2HorizontalPodAutoscaler>().Single(scaler => scaler.Metadata.Name == service).Spec.MinReplicas >= 3, service);
        }

        string Text(string kind) => ha.Documents.Single(document => document.Kind == kind).Text;
        Assert.Matches(@"(?s)affinity:.*podAntiAffinityType: required.*topologyKey: topology\.kubernetes\.io/zone.*\binstances: 3\b", Text("Cluster"));
        Assert.Matches(@"(?s)rack:\s+topologyKey: topology\.kubernetes\.io/zone", Text("Kafka"));
        Assert.Contains("replicas: 3", Text("KafkaNodePool"), StringComparison.Ordinal);
    }

    /// <summary>Every broker has every partition; what else it keeps, and what comes before the old is gone, needs a quarter of the volume.</summary>
    [Theory]
    [InlineData("small")]
    [InlineData("ha")]
    public async Task What_Kafka_keeps_fits_its_volume_and_outlasts_what_it_is_kept_for(string profile)
    {
        var rendered = await Rendered.OfAsync(profile);
        var single = rendered.All<V1StatefulSet>().SingleOrDefault(set => set.Metadata.Name == "messaging");
        var settings = single?.Spec.Template.Spec.Containers.Single().Env.Where(variable => variable.Name.StartsWith("KAFKA_", StringComparison.Ordinal)).ToDictionary(variable => variable.Name["KAFKA_".Length..].ToLowerInvariant().Replace('_', '.'), variable => variable.Value, StringComparer.Ordinal)
            ?? KafkaSetting().Matches(rendered.Documents.Single(document => document.Kind == "Kafka").Text).ToDictionary(setting => setting.Groups["name"].Value, setting => setting.Groups["value"].Value, StringComparer.Ordinal);
        var size = single?.Spec.VolumeClaimTemplates.Single().Spec.Resources.Requests["storage"].ToInt64()
            ?? new ResourceQuantity(VolumeSize().Match(rendered.Documents.Single(document => document.Kind == "KafkaNodePool").Text).Groups["size"].Value).ToInt64();
        long Number(string name) => long.Parse(settings[name], CultureInfo.InvariantCulture);

        async Task<string> SourceAsync(string name) => await File.ReadAllTextAsync(Repository.In($"PayFlow.ServiceDefaults/Messaging/{name}.cs"), TestContext.Current.CancellationToken);
        var partitions = TopicOf().Matches(await SourceAsync("Topics")).Sum(topic => long.Parse(topic.Groups["partitions"].ValueSpan, CultureInfo.InvariantCulture));
        Assert.Equal(55, partitions);
        Assert.InRange(partitions * (Number("log.retention.bytes") + Number("log.segment.bytes")), size / 2, size * 3 / 4);
        // 20,000 payments may be pending, of two kilobytes a message at worst, and all of one account: none of them is dropped unread.
        Assert.True(Number("log.retention.bytes") > 20_000 * 2_000, profile);

        var options = await SourceAsync("MessagingOptions");
        Assert.Contains("OutboxRetention { get; set; } = TimeSpan.FromHours(24);", options, StringComparison.Ordinal);
        Assert.Contains("InboxRetention { get; set; } = TimeSpan.FromDays(30);", options, StringComparison.Ordinal);
        Assert.True(Number("log.retention.hours") > 24 && Number("log.retention.hours") + Number("log.roll.hours") < 30 * 24, profile);
        // What tells a broker from another is never too old.
        Assert.Contains("[\"retention.ms\"] = \"-1\"", await SourceAsync("KafkaClients"), StringComparison.Ordinal);

        // What was acknowledged outlives a power cut: on the disk, or on a second machine.
        if (single is not null) Assert.Equal(1, Number("log.flush.interval.messages"));
        else Assert.Equal((3, 2), (Number("default.replication.factor"), Number("min.insync.replicas")));
    }

    /// <summary>An error's detail holds values of rows, and a statement may as well.</summary>
    [Fact]
    public async Task PostgreSQL_s_own_log_tells_no_row()
    {
        var arguments = (await Rendered.OfAsync("small")).All<V1StatefulSet>().Single(set => set.Metadata.Name == "postgres").Spec.Template.Spec.Containers.Single().Args;
        var cluster = (await Rendered.OfAsync("ha")).Documents.Single(document => document.Kind == "Cluster").Text;
        foreach (var (name, value) in ((string, string)[])[("log_error_verbosity", "terse"), ("log_min_error_statement", "panic")])
        {
            Assert.Equal("-c", arguments[arguments.IndexOf($"{name}={value}") - 1]);
            Assert.Matches($@"(?m)^    parameters:\n(      .+\n)*      {name}: {value}$", cluster);
        }
    }

    [Fact]
    public async Task What_the_autoscaler_asks_for_is_what_the_adapter_tells_of_the_pods_that_it_scales()
    {
        var ha = await Rendered.OfAsync("ha");
        var adapter = Assert.Single((await Rendered.OfAsync("cluster")).All<V1ConfigMap>()).Data["config.yaml"];
        var asked = ha.All<V2HorizontalPodAutoscaler>().SelectMany(scaler => scaler.Spec.Metrics.Where(metric => metric.Type == "Pods").Select(metric => (scaler.Spec.ScaleTargetRef.Name, Metric: metric.Pods.Metric.Name))).ToList();
        Assert.Equal([("web", "payflow_api_requests_in_flight")], asked);
        // The rule has no "as": the series keeps its name.
        Assert.Contains($"seriesQuery: '{asked[0].Metric}{{", adapter, StringComparison.Ordinal);
        Assert.DoesNotContain("as:", adapter, StringComparison.Ordinal);
        // A canary's and green's pods do not belong to what is scaled, or its average would be theirs, too.
        var scaled = ha.All<V1Deployment>().Single(deployment => deployment.Metadata.Name == "web");
        foreach (var variant in (string[])[Canary, Green]) Assert.False(Matches(scaled.Spec.Selector, (await Rendered.OfAsync(variant)).All<V1Deployment>().Single().Spec.Template), variant);
    }

    [Theory]
    [MemberData(nameof(Everything))]
    public async Task A_changed_ConfigMap_restarts_whoever_reads_it(string folder)
    {
        var rendered = await Rendered.OfAsync(folder);
        var maps = Names<V1ConfigMap>(rendered);
        var read = rendered.Pods.SelectMany(pod => Containers(pod.Pod).SelectMany(container => container.EnvFrom ?? []).Select(source => source.ConfigMapRef?.Name)
            .Concat((pod.Pod.Spec.Volumes ?? []).Select(volume => volume.ConfigMap?.Name))).OfType<string>();
        // PostgreSQL runs this one on an empty volume and never again.
        Assert.All(read.Where(name => name != "postgres-init"), name => Assert.Matches("-[a-z0-9]{10}$", name));
        Assert.All(read, name => Assert.Contains(name, maps));
    }

    [Theory]
    [InlineData("small")]
    [InlineData("ha")]
    public async Task Vault_gives_every_Secret_that_the_script_prints_and_of_its_type(string profile)
    {
        var rendered = await Rendered.OfAsync($"{profile}+external-secrets-{profile}");
        var printed = await PrintedAsync(profile);
        Assert.Equal(printed.Keys.Order(StringComparer.Ordinal), ExternalSecrets(rendered).Order(StringComparer.Ordinal));
        foreach (var document in rendered.Documents.Where(one => one.Kind == "ExternalSecret"))
        {
            Assert.Contains($"key: payflow/{document.Name}\n", document.Text, StringComparison.Ordinal);
            if (printed[document.Name].Type != "Opaque") Assert.Contains($"type: {printed[document.Name].Type}", document.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Mail_has_a_server_the_wallet_s_address_and_a_way_out()
    {
        var rendered = await Rendered.OfAsync("small+mail");
        var notifications = rendered.All<V1Deployment>().Single(deployment => deployment.Metadata.Name == "notifications").Spec.Template;
        Assert.Contains(notifications.Spec.Containers.Single().EnvFrom, source => source.SecretRef?.Name == "mail-secrets");
        var secret = Rendered.Parse(await Repository.RunAsync("env", "SMTP=smtp://user:secret@mail.example:587", Repository.In("deploy/k3s/secrets"), "small", "payflow.example")).All<V1Secret>().Single(one => one.Metadata.Name == "mail-secrets");
        Assert.Equal(("smtp://user:secret@mail.example:587", "https://payflow.example"), (secret.StringData["ConnectionStrings__smtp"], secret.StringData["Mail__WalletUrl"]));
        Assert.Contains(rendered.All<V1NetworkPolicy>(), policy => Matches(policy.Spec.PodSelector, notifications) && (policy.Spec.Egress ?? []).Any(rule => rule.To is null && rule.Ports.Any(port => Port(port) == 587)));
    }

    [Fact]
    public async Task Grafana_shows_logs_and_traces_where_there_are_some()
    {
        foreach (var folder in (string[])["ha", "small+telemetry"])
        {
            var rendered = await Rendered.OfAsync(folder);
            var sources = rendered.All<V1ConfigMap>().Single(map => map.Metadata.Name.StartsWith("grafana-datasources-", StringComparison.Ordinal)).Data;
            Assert.Equal(["datasources.yml", "prometheus.yml"], sources.Keys.Order(StringComparer.Ordinal));
            var services = rendered.All<V1Service>().SelectMany(service => service.Spec.Ports.Select(port => $"url: http://{service.Metadata.Name}:{port.Port}\n"));
            Assert.Equal(2, services.Count(url => sources["datasources.yml"].Contains(url, StringComparison.Ordinal)));
        }
    }

    [Fact]
    public async Task Prometheus_finds_the_Alertmanager_that_is_there()
    {
        var rendered = await Rendered.OfAsync("small+alerting");
        var service = rendered.All<V1Service>().Single(one => one.Metadata.Name == "alertmanager");
        var told = await File.ReadAllTextAsync(Repository.In("deploy/prometheus/prometheus.yml"), TestContext.Current.CancellationToken);
        Assert.Matches($@"(?s)alertmanagers:.*names: \[{service.Metadata.Name}\].*port: {service.Spec.Ports.Single().Port}\n", told);
        var example = await File.ReadAllTextAsync(Repository.In("deploy/k3s/alerting/alertmanager.yml"), TestContext.Current.CancellationToken);
        Assert.Contains("severity=\"page\"", example, StringComparison.Ordinal);
    }

    /// <summary>Its alert asks for this CronJob by its name, and rings where nobody tells of it.</summary>
    [Theory]
    [InlineData("small")]
    [InlineData("ha")]
    public async Task Prometheus_is_told_when_the_backup_last_succeeded_and_by_one_who_may_see_no_more(string profile)
    {
        var rendered = await Rendered.OfAsync(profile);
        var teller = rendered.All<V1Deployment>().Single(one => one.Metadata.Name == "kube-state-metrics").Spec.Template;
        Assert.Equal(["--namespaces=payflow", "--resources=cronjobs"], teller.Spec.Containers.Single().Args);
        var binding = Assert.Single(rendered.All<V1RoleBinding>(), one => one.Subjects.Any(subject => subject.Name == teller.Spec.ServiceAccountName));
        var right = Assert.Single(rendered.All<V1Role>().Single(role => role.Metadata.Name == binding.RoleRef.Name).Rules);
        Assert.Equal("batch cronjobs list,watch", $"{Assert.Single(right.ApiGroups)} {Assert.Single(right.Resources)} {string.Join(',', right.Verbs)}");

        var service = rendered.All<V1Service>().Single(one => Matches(one.Spec.Selector, teller));
        var told = await File.ReadAllTextAsync(Repository.In("deploy/prometheus/prometheus.yml"), TestContext.Current.CancellationToken);
        Assert.Contains($"- job_name: kube-state-metrics\n    static_configs:\n      - targets: ['{service.Metadata.Name}:{Assert.Single(service.Spec.Ports).Port}']\n", told, StringComparison.Ordinal);
        var alerts = await File.ReadAllTextAsync(Repository.In("deploy/prometheus/rules/alerts.yml"), TestContext.Current.CancellationToken);
        Assert.Contains("up{job=\"kube-state-metrics\"}", alerts, StringComparison.Ordinal);
        var asked = AskedCronJob().Matches(alerts).Select(match => match.Groups["name"].Value).Distinct(StringComparer.Ordinal);
        Assert.Contains(rendered.All<V1CronJob>(), job => job.Metadata.Name == Assert.Single(asked) && job.Spec.Suspend is not true);
    }

    /// <summary>Kubernetes refuses a Role with a right that who applies it does not have.</summary>
    [Theory]
    [MemberData(nameof(Whole))]
    public async Task Who_rolls_out_has_every_right_that_a_profile_gives(string folder)
    {
        var own = (await Rendered.OfAsync("cluster")).All<V1Role>().Single(role => role.Metadata.Name == "deployer").Rules;
        var given = (await Rendered.OfAsync(folder)).All<V1Role>().SelectMany(role => role.Rules).SelectMany(rule => rule.ApiGroups.SelectMany(group => rule.Resources.SelectMany(resource => rule.Verbs.Select(verb => (group, resource, verb)))));
        Assert.All(given, right => Assert.Contains(own, rule => rule.ApiGroups.Contains(right.group) && rule.Resources.Contains(right.resource) && rule.Verbs.Contains(right.verb)));
    }

    [Fact]
    public async Task What_small_asks_for_is_what_its_machine_was_chosen_by()
    {
        var asked = (await Rendered.OfAsync("small")).Pods.Where(pod => !pod.Owner.StartsWith("CronJob", StringComparison.Ordinal)).SelectMany(pod => pod.Pod.Spec.Containers).Sum(container => container.Resources.Requests["memory"].ToInt64());
        var said = await File.ReadAllTextAsync(Repository.In("docs/deploy.md"), TestContext.Current.CancellationToken);
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"That is {asked / 1024d / 1024 / 1024:0.0} GiB asked for"), said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Canary, "web-canary", "blue")]
    [InlineData(Green, "web-green", "green")]
    public async Task A_variant_is_Web_s_Deployment_and_configuration_and_nothing_else(string folder, string name, string slot)
    {
        var rendered = await Rendered.OfAsync(folder);
        var deployment = Assert.Single(rendered.All<V1Deployment>());
        Assert.StartsWith($"{name.Replace("web", "web-env", StringComparison.Ordinal)}-", Assert.Single(rendered.All<V1ConfigMap>()).Metadata.Name, StringComparison.Ordinal);
        Assert.Equal(2, rendered.Documents.Count);
        Assert.Equal(name, deployment.Metadata.Name);
        var service = (await Rendered.OfAsync("ha")).All<V1Service>().Single(one => one.Metadata.Name == "web");
        Assert.Equal(slot == "blue", Matches(service.Spec.Selector, deployment.Spec.Template));
        Assert.Equal(slot, deployment.Spec.Template.Metadata.Labels["slot"]);
        // Neither takes the other's pods for its own.
        Assert.False(Matches(deployment.Spec.Selector, (await Rendered.OfAsync("ha")).All<V1Deployment>().Single(one => one.Metadata.Name == "web").Spec.Template));
    }

    [Fact]
    public async Task While_green_serves_all_else_can_be_rolled_out()
    {
        var (ha, meanwhile) = (await Rendered.OfAsync("ha"), await Rendered.OfAsync(GreenServes));
        Assert.Equal(["Service/web"], ha.Documents.Zip(meanwhile.Documents).Where(pair => pair.First.Text != pair.Second.Text).Select(pair => pair.Second.ToString()));
        var service = meanwhile.All<V1Service>().Single(one => one.Metadata.Name == "web");
        Assert.True(Matches(service.Spec.Selector, (await Rendered.OfAsync(Green)).All<V1Deployment>().Single().Spec.Template));
        Assert.False(Matches(service.Spec.Selector, meanwhile.All<V1Deployment>().Single(one => one.Metadata.Name == "web").Spec.Template));
    }

    [Theory]
    [InlineData("prometheus", "rules")]
    [InlineData("grafana", "provisioning")]
    [InlineData("grafana", "dashboards")]
    public async Task Every_rule_data_source_and_dashboard_is_in_a_ConfigMap(string folder, string part)
    {
        var root = Repository.In($"deploy/{folder}");
        var listed = await File.ReadAllTextAsync(Path.Combine(root, "kustomization.yaml"), TestContext.Current.CancellationToken);
        var files = Directory.Exists(Path.Combine(root, part)) ? Directory.GetFiles(Path.Combine(root, part), "*", SearchOption.AllDirectories) : [];
        Assert.All(files, file => Assert.Contains(Path.GetRelativePath(root, file), listed, StringComparison.Ordinal));
    }

    [GeneratedRegex(@"\{[a-zA-Z0-9_-]+\.[a-zA-Z0-9_.-]+\}|<[A-Z_]+>|CHANGE_?ME", RegexOptions.None, 1000)]
    private static partial Regex Placeholder();

    [GeneratedRegex("password|secret|token|encryptionkey|^ConnectionStrings", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex SecretName();

    [GeneratedRegex(@"@sha256:[0-9a-f]{64}$|:v?\d+(\.\d+)+$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex PinnedImage();

    [GeneratedRegex(@"(?<name>[a-z]+): \{port: \d+, exposedPort: (?<port>\d+),", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex EntryPoint();

    [GeneratedRegex(@"^ +(?<name>[a-z]+(\.[a-z]+)+): (?<value>\d+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex KafkaSetting();

    [GeneratedRegex("cronjob=\"(?<name>[^\"]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex AskedCronJob();

    [GeneratedRegex("size: (?<size>\\w+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex VolumeSize();

    [GeneratedRegex(@"^        new\(\w+, (?<partitions>\d+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex TopicOf();

    private static IEnumerable<string> Scalars(YamlNode node) => node switch
    {
        YamlScalarNode scalar => [scalar.Value ?? ""],
        YamlSequenceNode sequence => sequence.Children.SelectMany(Scalars),
        YamlMappingNode mapping => mapping.Children.SelectMany(child => Scalars(child.Value)),
        _ => [],
    };

    /// <summary>Names below a <c>passwordSecret</c> of a custom resource.</summary>
    private static IEnumerable<string> PasswordSecrets(YamlNode node) => node switch
    {
        YamlSequenceNode sequence => sequence.Children.SelectMany(PasswordSecrets),
        YamlMappingNode mapping => mapping.Children.SelectMany(child => child.Key is YamlScalarNode { Value: "passwordSecret" } ? Scalars(child.Value) : PasswordSecrets(child.Value)),
        _ => [],
    };

    /// <summary>What is there without an operator that fetches it: the script's, unless all comes from Vault, and what a person or cert-manager makes.</summary>
    private static async Task<IEnumerable<string>> SecretsOfAsync(string folder)
    {
        var parts = folder.Split('+');
        IEnumerable<string> byScript = parts.Any(part => part.StartsWith("external-secrets", StringComparison.Ordinal)) ? [] : (await PrintedAsync(parts[0])).Keys;
        return byScript.Concat(parts.Contains("alerting", StringComparer.Ordinal) ? ["alertmanager-secrets"] : []).Concat(parts.Contains("letsencrypt", StringComparer.Ordinal) ? ["payflow-tls"] : []);
    }

    private static async Task<Dictionary<string, V1Secret>> PrintedAsync(string profile) =>
        Rendered.Parse(await Repository.RunAsync(Repository.In("deploy/k3s/secrets"), profile, "payflow.example")).All<V1Secret>().ToDictionary(secret => secret.Metadata.Name, StringComparer.Ordinal);

    private static IEnumerable<string> ExternalSecrets(Rendered rendered) => rendered.Documents.Where(document => document.Kind == "ExternalSecret").Select(document => document.Name);

    private static HashSet<string> Names<T>(Rendered rendered)
        where T : IKubernetesObject<V1ObjectMeta> => rendered.All<T>().Select(one => one.Metadata.Name).ToHashSet(StringComparer.Ordinal);

    private static IEnumerable<V1Container> Containers(V1PodTemplateSpec pod) => pod.Spec.Containers.Concat(pod.Spec.InitContainers ?? []);

    private static IEnumerable<int> Ports(V1PodTemplateSpec pod) => pod.Spec.Containers.SelectMany(container => container.Ports ?? []).Select(port => port.ContainerPort);

    private static int Port(V1NetworkPolicyPort port) => port.Port.ToInt();

    private static bool Matches(IDictionary<string, string>? labels, V1PodTemplateSpec pod) =>
        (labels ?? new Dictionary<string, string>()).All(label => pod.Metadata.Labels.TryGetValue(label.Key, out var value) && value == label.Value);

    private static bool Matches(V1LabelSelector? selector, V1PodTemplateSpec pod) =>
        Matches(selector?.MatchLabels, pod)
        && (selector?.MatchExpressions ?? []).All(expression => expression.OperatorProperty == "In" && pod.Metadata.Labels.TryGetValue(expression.Key, out var value) && expression.Values.Contains(value));

    /// <summary>Each value of an expression is some pod's, so that no name in it is a leftover.</summary>
    private static void AssertSelects(V1LabelSelector selector, IReadOnlyList<(string Owner, V1PodTemplateSpec Pod)> pods, string of)
    {
        if ((selector.MatchLabels ?? new Dictionary<string, string>()).Keys.Any(label => OperatorLabels.Contains(label, StringComparer.Ordinal))) return;
        Assert.True(pods.Any(pod => Matches(selector, pod.Pod)), $"{of} selects no pod");
        foreach (var expression in selector.MatchExpressions ?? [])
        {
            Assert.All(expression.Values, value => Assert.True(pods.Any(pod => pod.Pod.Metadata.Labels.TryGetValue(expression.Key, out var label) && label == value), $"{of}: nothing is {expression.Key}={value}"));
        }
    }
}
