using System.Globalization;
using System.Text.RegularExpressions;
using k8s.Models;
using static PayFlow.Deploy.Tests.Pods;

namespace PayFlow.Deploy.Tests;

/// <summary>Room, replicas and zones: what is asked for, kept and scaled.</summary>
public sealed partial class CapacityTests
{
    [Fact]
    public async Task What_small_asks_for_is_what_its_machine_was_chosen_by()
    {
        var asked = (await Rendered.OfAsync("small"))
            .Pods.Where(pod => !pod.Owner.StartsWith("CronJob", StringComparison.Ordinal))
            .SelectMany(pod => pod.Pod.Spec.Containers)
            .Sum(container => container.Resources.Requests["memory"].ToInt64());
        var said = await File.ReadAllTextAsync(Repository.In("docs/deploy.md"), TestContext.Current.CancellationToken);
        Assert.Contains(
            string.Create(CultureInfo.InvariantCulture, $"That is {asked / 1024d / 1024 / 1024:0.0} GiB asked for"),
            said,
            StringComparison.Ordinal
        );
    }

    /// <summary>
    /// Every broker has every partition; what else it keeps, and what comes before the old is gone, needs a quarter of
    /// the volume.
    /// </summary>
    [Theory]
    [InlineData("small")]
    [InlineData("ha")]
    public async Task What_Kafka_keeps_fits_its_volume_and_outlasts_what_it_is_kept_for(string profile)
    {
        var rendered = await Rendered.OfAsync(profile);
        var single = rendered.All<V1StatefulSet>().SingleOrDefault(set => set.Metadata.Name == "messaging");
        var settings =
            single
                ?.Spec.Template.Spec.Containers.Single()
                .Env.Where(variable => variable.Name.StartsWith("KAFKA_", StringComparison.Ordinal))
                .ToDictionary(
                    variable => variable.Name["KAFKA_".Length..].ToLowerInvariant().Replace('_', '.'),
                    variable => variable.Value,
                    StringComparer.Ordinal
                )
            ?? KafkaSetting()
                .Matches(rendered.Documents.Single(document => document.Kind == "Kafka").Text)
                .ToDictionary(
                    setting => setting.Groups["name"].Value,
                    setting => setting.Groups["value"].Value,
                    StringComparer.Ordinal
                );
        var size =
            single?.Spec.VolumeClaimTemplates.Single().Spec.Resources.Requests["storage"].ToInt64()
            ?? new ResourceQuantity(
                VolumeSize()
                    .Match(rendered.Documents.Single(document => document.Kind == "KafkaNodePool").Text)
                    .Groups["size"]
                    .Value
            ).ToInt64();
        long Number(string name) => long.Parse(settings[name], CultureInfo.InvariantCulture);

        async Task<string> SourceAsync(string name) =>
            await File.ReadAllTextAsync(
                Repository.In($"PayFlow.ServiceDefaults/Messaging/{name}.cs"),
                TestContext.Current.CancellationToken
            );
        var contracts = Directory
            .EnumerateFiles(Repository.In("PayFlow.ServiceDefaults/Contracts"), "*.cs")
            .Select(File.ReadAllText);
        var partitions = TopicOf()
            .Matches(string.Join('\n', contracts))
            .Sum(topic => long.Parse(topic.Groups["partitions"].ValueSpan, CultureInfo.InvariantCulture));
        Assert.Equal(60, partitions);
        Assert.InRange(
            partitions * (Number("log.retention.bytes") + Number("log.segment.bytes")),
            size / 2,
            size * 3 / 4
        );
        // 20,000 payments may be pending, of two kilobytes a message at worst, and all of one account: none of them is
        // dropped unread.
        Assert.True(Number("log.retention.bytes") > 20_000 * 2_000, profile);

        var options = await SourceAsync("MessagingOptions");
        Assert.Contains("OutboxRetention { get; set; } = TimeSpan.FromHours(24);", options, StringComparison.Ordinal);
        Assert.Contains("InboxRetention { get; set; } = TimeSpan.FromDays(30);", options, StringComparison.Ordinal);
        Assert.True(
            Number("log.retention.hours") > 24 && Number("log.retention.hours") + Number("log.roll.hours") < 30 * 24,
            profile
        );
        // What tells a broker from another is never too old.
        Assert.Contains("[\"retention.ms\"] = \"-1\"", await SourceAsync("KafkaClients"), StringComparison.Ordinal);

        // What was acknowledged outlives a power cut: on the disk, or on a second machine.
        if (single is not null)
            Assert.Equal(1, Number("log.flush.interval.messages"));
        else
            Assert.Equal((3, 2), (Number("default.replication.factor"), Number("min.insync.replicas")));
    }

    [Fact]
    public async Task In_three_zones_no_two_of_three_are_in_one()
    {
        var ha = await Rendered.OfAsync("ha");
        foreach (var service in Profiles.Services)
        {
            var pod = ha.All<V1Deployment>().Single(deployment => deployment.Metadata.Name == service).Spec.Template;
            var spread = Assert.Single(
                pod.Spec.TopologySpreadConstraints,
                one => one.TopologyKey == "topology.kubernetes.io/zone"
            );
            Assert.Equal((1, "DoNotSchedule"), (spread.MaxSkew, spread.WhenUnsatisfiable));
            // Otherwise a zone whose nodes are down would hold up those that replace its pods.
            Assert.Equal("Honor", spread.NodeTaintsPolicy);
            Assert.Contains("app", spread.MatchLabelKeys);
            Assert.True(
                ha.All<V2HorizontalPodAutoscaler>().Single(scaler => scaler.Metadata.Name == service).Spec.MinReplicas
                    >= 3,
                service
            );
        }

        // A volume of one node would go with its zone, and the backups of the databases that went as well with it.
        Assert.Equal(["backups", "web-keys"], ha.Names<V1PersistentVolumeClaim>().Order(StringComparer.Ordinal));
        Assert.All(
            ha.All<V1PersistentVolumeClaim>(),
            claim =>
                Assert.Equal(
                    ("shared", "ReadWriteMany"),
                    (claim.Spec.StorageClassName, Assert.Single(claim.Spec.AccessModes))
                )
        );
        string Text(string kind) => ha.Documents.Single(document => document.Kind == kind).Text;
        Assert.Matches(
            @"(?s)affinity:.*podAntiAffinityType: required.*topologyKey: topology\.kubernetes\.io/zone.*\binstances: "
                + @"3\b",
            Text("Cluster")
        );
        Assert.Matches(@"(?s)rack:\s+topologyKey: topology\.kubernetes\.io/zone", Text("Kafka"));
        Assert.Contains("replicas: 3", Text("KafkaNodePool"), StringComparison.Ordinal);
    }

    /// <summary>
    /// Beside what is kept for an instance that is away, PostgreSQL writes a gigabyte between two checkpoints
    /// (max_wal_size).
    /// </summary>
    [Fact]
    public async Task A_database_that_is_away_does_not_fill_the_volumes_of_the_others()
    {
        var cluster = (await Rendered.OfAsync("ha")).Documents.Single(document => document.Kind == "Cluster").Yaml[
            "spec"
        ];
        var volume = new ResourceQuantity(Assert.Single(Rendered.Scalars(cluster["walStorage"]["size"]))).ToInt64();
        var kept = new ResourceQuantity(
            Assert
                .Single(Rendered.Scalars(cluster["postgresql"]["parameters"]["max_slot_wal_keep_size"]))
                .Replace("GB", "Gi", StringComparison.Ordinal)
        ).ToInt64();
        Assert.InRange(kept, volume / 2, volume - (2L << 30));
    }

    [Fact]
    public async Task What_the_autoscaler_asks_for_is_what_the_adapter_tells_of_the_pods_that_it_scales()
    {
        var ha = await Rendered.OfAsync("ha");
        var adapter = Assert.Single((await Rendered.OfAsync("cluster")).All<V1ConfigMap>()).Data["config.yaml"];
        var asked = ha.All<V2HorizontalPodAutoscaler>()
            .SelectMany(scaler =>
                scaler
                    .Spec.Metrics.Where(metric => metric.Type == "Pods")
                    .Select(metric => (scaler.Spec.ScaleTargetRef.Name, Metric: metric.Pods.Metric.Name))
            )
            .ToList();
        Assert.Equal([("web", "payflow_api_requests_in_flight")], asked);
        // The rule has no "as": the series keeps its name.
        Assert.Contains($"seriesQuery: '{asked[0].Metric}{{", adapter, StringComparison.Ordinal);
        Assert.DoesNotContain("as:", adapter, StringComparison.Ordinal);
        // A canary's and green's pods do not belong to what is scaled, or its average would be theirs, too.
        var scaled = ha.All<V1Deployment>().Single(deployment => deployment.Metadata.Name == "web");
        foreach (var variant in (string[])[Profiles.Canary, Profiles.Green])
            Assert.False(
                Matches(
                    scaled.Spec.Selector,
                    (await Rendered.OfAsync(variant)).All<V1Deployment>().Single().Spec.Template
                ),
                variant
            );
    }

    [GeneratedRegex(
        @"^ +(?<name>[a-z]+(\.[a-z]+)+): (?<value>\d+)$",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex KafkaSetting();

    [GeneratedRegex("size: (?<size>\\w+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex VolumeSize();

    [GeneratedRegex(
        @"\bnew( Topic)?\(\s*(TopicName|BrokerIdentity),\s*(?<partitions>\d+)",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex TopicOf();
}
