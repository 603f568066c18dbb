using System.Text.Json;
using System.Text.RegularExpressions;
using k8s.Models;
using static PayFlow.Deploy.Tests.Pods;

namespace PayFlow.Deploy.Tests;

/// <summary>Where secrets come from, who is given them, and where none is.</summary>
public sealed partial class SecretTests
{
    [Theory]
    [MemberData(nameof(Profiles.Everything), MemberType = typeof(Profiles))]
    public async Task No_secret_is_in_a_ConfigMap_or_in_the_repository(string folder)
    {
        var rendered = await Rendered.OfAsync(folder);
        Assert.Empty(rendered.All<V1Secret>());
        Assert.Empty(
            rendered
                .All<V1ConfigMap>()
                .SelectMany(map =>
                    (map.Data ?? new Dictionary<string, string>())
                        .Where(entry =>
                            SecretName().IsMatch(entry.Key)
                            || entry.Value.Contains("Password=", StringComparison.Ordinal)
                        )
                        .Select(entry => $"{map.Metadata.Name}: {entry.Key}")
                )
        );
        Assert.Empty(
            rendered.Pods.SelectMany(pod =>
                Containers(pod.Pod)
                    .SelectMany(container => container.Env ?? [])
                    .Where(variable => variable.Value is not null && SecretName().IsMatch(variable.Name))
                    .Select(variable => $"{pod.Owner}: {variable.Name}")
            )
        );
    }

    [Theory]
    [InlineData("small")]
    [InlineData("ha")]
    public async Task Services_have_the_app_model_s_settings_and_only_migrations_have_the_owner_s_connection(
        string profile
    )
    {
        var rendered = await Rendered.OfAsync(profile);
        var secrets = await Rendered.PrintedAsync(profile);
        var maps = rendered.All<V1ConfigMap>().ToDictionary(map => map.Metadata.Name, StringComparer.Ordinal);
        using var manifest = JsonDocument.Parse(
            await File.ReadAllTextAsync(
                Repository.In("PayFlow.AppHost/manifest.json"),
                TestContext.Current.CancellationToken
            )
        );
        IEnumerable<string> Given(V1Container container) =>
            container.EnvFrom.SelectMany(source =>
                source.ConfigMapRef is { } map
                    ? maps[map.Name].Data.Keys
                    : secrets[source.SecretRef.Name].StringData.Keys
            );

        foreach (var service in Profiles.Services)
        {
            var pod = rendered
                .All<V1Deployment>()
                .Single(deployment => deployment.Metadata.Name == service)
                .Spec.Template.Spec;
            var declared = manifest
                .RootElement.GetProperty("resources")
                .GetProperty(service)
                .GetProperty("env")
                .EnumerateObject()
                .Select(variable => variable.Name)
                .ToHashSet(StringComparer.Ordinal);
            var owners = declared
                .Where(name => name.EndsWith("-owner", StringComparison.Ordinal))
                .ToHashSet(StringComparer.Ordinal);
            Assert.Empty(
                declared
                    .Except(owners, StringComparer.Ordinal)
                    .Except(Given(pod.Containers.Single()), StringComparer.Ordinal)
            );
            Assert.Empty(Given(pod.Containers.Single()).Intersect(owners, StringComparer.Ordinal));
            if (service == "web")
                continue;
            var migrate = pod.InitContainers.Single();
            Assert.Empty(declared.Except(Given(migrate), StringComparer.Ordinal));
            Assert.Equal(pod.Containers.Single().Image, migrate.Image);
            Assert.Contains(pod.Containers.Single().Env, variable => variable is { Name: "Migrate", Value: "never" });
        }
    }

    [Theory]
    [InlineData("small")]
    [InlineData("ha")]
    public async Task Vault_gives_every_Secret_that_the_script_prints_and_of_its_type(string profile)
    {
        var rendered = await Rendered.OfAsync($"{profile}+external-secrets-{profile}");
        var printed = await Rendered.PrintedAsync(profile);
        Assert.Equal(
            printed.Keys.Order(StringComparer.Ordinal),
            rendered.ExternalSecrets.Order(StringComparer.Ordinal)
        );
        foreach (var document in rendered.Documents.Where(one => one.Kind == "ExternalSecret"))
        {
            Assert.Contains($"key: payflow/{document.Name}\n", document.Text, StringComparison.Ordinal);
            if (printed[document.Name].Type != "Opaque")
                Assert.Contains($"type: {printed[document.Name].Type}", document.Text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("small")]
    [InlineData("ha")]
    public async Task A_token_is_known_to_the_two_services_of_its_pair_alone(string profile)
    {
        var holders = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (var secret in (await Rendered.PrintedAsync(profile)).Values)
        {
            foreach (var (name, value) in secret.StringData ?? new Dictionary<string, string>())
            {
                if (!name.StartsWith("ServiceTokens__", StringComparison.Ordinal))
                    continue;
                if (!holders.TryGetValue(value, out var known))
                    holders.Add(value, known = []);
                known.Add($"{secret.Metadata.Name} {name}");
            }
        }

        Assert.Equal(6, holders.Count);
        Assert.All(
            holders,
            holder =>
            {
                Assert.Equal(2, holder.Value.Count);
                var from = Assert.Single(holder.Value, one => one.Contains("__From__", StringComparison.Ordinal));
                var to = Assert.Single(holder.Value, one => one.Contains("__To__", StringComparison.Ordinal));
                Assert.Equal(from.Split("-secrets")[0], to.Split("__")[^1]);
                Assert.Equal(from.Split("__")[^1], to.Split("-secrets")[0]);
                Assert.True(holder.Key.Length >= 32);
            }
        );
    }

    /// <summary>Every service signs or checks what listeners read; Web holds no other key.</summary>
    [Theory]
    [InlineData("small")]
    [InlineData("ha")]
    public async Task Web_holds_the_listeners_key_alone_and_serves_its_host_alone(string profile)
    {
        var printed = await Rendered.PrintedAsync(profile);
        Assert.Single(
            Profiles
                .Services.Select(service => printed[$"{service}-secrets"].StringData["MessageKeys__Live"])
                .Distinct(StringComparer.Ordinal)
        );
        var web = printed["web-secrets"].StringData;
        Assert.Equal(
            ["MessageKeys__Live"],
            web.Keys.Where(name => name.StartsWith("MessageKeys", StringComparison.Ordinal))
        );
        Assert.Equal("payflow.example", web["AllowedHosts"]);
        var rendered = await Rendered.OfAsync(profile);
        var container = rendered
            .All<V1Deployment>()
            .Single(deployment => deployment.Metadata.Name == "web")
            .Spec.Template.Spec.Containers.Single();
        Assert.Contains(container.EnvFrom, source => source.SecretRef?.Name == "web-secrets");
    }

    /// <summary>CloudNativePG acts on a changed password at once only where the Secret has its label.</summary>
    [Fact]
    public async Task A_role_s_new_password_is_taken_at_once_whoever_makes_its_Secret()
    {
        const string Label = "cnpg.io/reload";
        var roles = (await Rendered.PrintedAsync("ha"))
            .Values.Where(secret => secret.Metadata.Name.EndsWith("-role", StringComparison.Ordinal))
            .ToList();
        Assert.Equal(7, roles.Count);
        Assert.All(roles, secret => Assert.Equal("true", secret.Metadata.Labels[Label]));
        var fetched = (await Rendered.OfAsync("ha+external-secrets-ha"))
            .Documents.Where(document =>
                document.Kind == "ExternalSecret" && document.Name.EndsWith("-role", StringComparison.Ordinal)
            )
            .ToList();
        Assert.Equal(7, fetched.Count);
        Assert.All(
            fetched,
            document =>
                Assert.Equal(
                    ["true"],
                    Rendered.Scalars(document.Yaml["spec"]["target"]["template"]["metadata"]["labels"][Label])
                )
        );
    }

    [Fact]
    public async Task Mail_has_a_server_the_wallet_s_address_and_a_way_out()
    {
        var rendered = await Rendered.OfAsync("small+mail");
        var notifications = rendered
            .All<V1Deployment>()
            .Single(deployment => deployment.Metadata.Name == "notifications")
            .Spec.Template;
        Assert.Contains(
            notifications.Spec.Containers.Single().EnvFrom,
            source => source.SecretRef?.Name == "mail-secrets"
        );
        var secret = Rendered
            .Parse(
                await Repository.RunAsync(
                    "env",
                    "SMTP=smtp://user:secret@mail.example:587",
                    Repository.In("deploy/k3s/secrets"),
                    "small",
                    "payflow.example"
                )
            )
            .All<V1Secret>()
            .Single(one => one.Metadata.Name == "mail-secrets");
        Assert.Equal(
            ("smtp://user:secret@mail.example:587", "https://payflow.example"),
            (secret.StringData["ConnectionStrings__smtp"], secret.StringData["Mail__WalletUrl"])
        );
        Assert.Contains(
            rendered.All<V1NetworkPolicy>(),
            policy =>
                Matches(policy.Spec.PodSelector, notifications)
                && (policy.Spec.Egress ?? []).Any(rule => rule.To is null && rule.Ports.Any(port => Port(port) == 587))
        );
    }

    [GeneratedRegex(
        "password|secret|token|encryptionkey|notificationkey|^MessageKeys|^ConnectionStrings",
        RegexOptions.IgnoreCase,
        1000
    )]
    private static partial Regex SecretName();
}
