using System.Collections.Concurrent;
using k8s;
using k8s.Models;
using YamlDotNet.RepresentationModel;

namespace PayFlow.Deploy.Tests;

/// <summary>
/// What <c>kubectl kustomize</c> makes of a folder of deploy/k3s, each built-in kind read strictly: a field that it
/// does not have is an error.
/// </summary>
internal sealed class Rendered
{
    /// <summary>Groups whose kinds come with an operator and not with Kubernetes.</summary>
    private static readonly string[] CustomGroups =
    [
        "postgresql.cnpg.io",
        "barmancloud.cnpg.io",
        "kafka.strimzi.io",
        "cert-manager.io",
        "external-secrets.io",
        "traefik.io",
        "helm.cattle.io",
    ];

    private static readonly ConcurrentDictionary<string, Task<Rendered>> Cache = new(StringComparer.Ordinal);

    private Rendered(IReadOnlyList<Document> documents) => Documents = documents;

    public IReadOnlyList<Document> Documents { get; }

    public IEnumerable<(string Owner, V1PodTemplateSpec Pod)> Pods =>
        Documents
            .Select(document => (document.ToString(), Template(document.Model)))
            .Where(pod => pod.Item2 is not null)
            .Select(pod => (pod.Item1, pod.Item2!));

    /// <summary>The names of the Secrets that an operator fetches.</summary>
    public IEnumerable<string> ExternalSecrets =>
        Documents.Where(document => document.Kind == "ExternalSecret").Select(document => document.Name);

    /// <param name="folder">A folder of deploy/k3s; with components after it as <c>small+redis</c>.</param>
    public static Task<Rendered> OfAsync(string folder) => Cache.GetOrAdd(folder, RenderAsync);

    public static Rendered Parse(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        var texts = ("\n" + yaml).Split("\n---").Where(text => text.Trim().Length > 0).ToList();
        return new Rendered([
            .. stream
                .Documents.Where(document => document.RootNode is YamlMappingNode)
                .Zip(texts, (document, text) => Read((YamlMappingNode)document.RootNode, text)),
        ]);
    }

    public IEnumerable<T> All<T>() => Documents.Select(document => document.Model).OfType<T>();

    public HashSet<string> Names<T>()
        where T : IKubernetesObject<V1ObjectMeta> =>
        All<T>().Select(one => one.Metadata.Name).ToHashSet(StringComparer.Ordinal);

    /// <summary>The Secrets that deploy/k3s/secrets prints for a profile.</summary>
    public static async Task<Dictionary<string, V1Secret>> PrintedAsync(string profile) =>
        Parse(await Repository.RunAsync(Repository.In("deploy/k3s/secrets"), profile, "payflow.example"))
            .All<V1Secret>()
            .ToDictionary(secret => secret.Metadata.Name, StringComparer.Ordinal);

    public static IEnumerable<string> Scalars(YamlNode node) =>
        node switch
        {
            YamlScalarNode scalar => [scalar.Value ?? ""],
            YamlSequenceNode sequence => sequence.Children.SelectMany(Scalars),
            YamlMappingNode mapping => mapping.Children.SelectMany(child => Scalars(child.Value)),
            _ => [],
        };

    private static async Task<Rendered> RenderAsync(string folder)
    {
        var parts = folder.Split('+');
        if (parts.Length == 1)
            return Parse(await Repository.RunAsync("kubectl", "kustomize", Repository.In($"deploy/k3s/{folder}")));
        var temp = Directory.CreateTempSubdirectory("payflow-deploy-");
        try
        {
            string At(string part) => Path.GetRelativePath(temp.FullName, Repository.In($"deploy/k3s/{part}"));
            var components = string.Concat(parts.Skip(1).Select(part => $"- {At(part)}\n"));
            await File.WriteAllTextAsync(
                Path.Combine(temp.FullName, "kustomization.yaml"),
                $"resources:\n- {At(parts[0])}\ncomponents:\n{components}namespace: payflow\n"
            );
            return Parse(await Repository.RunAsync("kubectl", "kustomize", temp.FullName));
        }
        finally
        {
            temp.Delete(recursive: true);
        }
    }

    private static Document Read(YamlMappingNode yaml, string text)
    {
        string Scalar(YamlMappingNode node, string key) => ((YamlScalarNode)node.Children[key]).Value!;
        var (apiVersion, kind, name) = (
            Scalar(yaml, "apiVersion"),
            Scalar(yaml, "kind"),
            Scalar((YamlMappingNode)yaml.Children["metadata"], "name")
        );
        var custom = CustomGroups.Contains(apiVersion.Split('/')[0], StringComparer.Ordinal);
        try
        {
            return new Document(
                apiVersion,
                kind,
                name,
                yaml,
                text,
                custom
                    ? null
                    : (IKubernetesObject<V1ObjectMeta>)KubernetesYaml.LoadAllFromString(text, strict: true).Single()
            );
        }
        catch (Exception unreadable) when (unreadable is not InvalidOperationException)
        {
            throw new InvalidOperationException(
                $"{kind}/{name} is not what Kubernetes takes: {unreadable.Message} "
                    + $"{unreadable.InnerException?.Message}",
                unreadable
            );
        }
    }

    private static V1PodTemplateSpec? Template(IKubernetesObject<V1ObjectMeta>? model) =>
        model switch
        {
            V1Deployment deployment => deployment.Spec.Template,
            V1StatefulSet set => set.Spec.Template,
            V1Job job => job.Spec.Template,
            V1CronJob job => job.Spec.JobTemplate.Spec.Template,
            _ => null,
        };
}
