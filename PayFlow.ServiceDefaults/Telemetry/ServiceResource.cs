using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using OpenTelemetry.Resources;

namespace PayFlow.ServiceDefaults.Telemetry;

/// <summary>
/// The resource of all telemetry: service, version, process and, in a cluster, the pod. Without it every service would
/// report as
/// <c>unknown_service:dotnet</c>. <c>OTEL_SERVICE_NAME</c> and <c>OTEL_RESOURCE_ATTRIBUTES</c> win over what is set
/// here.
/// </summary>
internal static class ServiceResource
{
    /// <summary>The variables that the manifests fill in through the downward API, and their attributes.</summary>
    private static readonly (string Variable, string Attribute)[] Pod =
    [
        ("POD_NAME", "k8s.pod.name"),
        ("POD_NAMESPACE", "k8s.namespace.name"),
    ];

    public static void Describe(ResourceBuilder resource, IHostEnvironment environment, IConfiguration configuration)
    {
        var version = Assembly
            .GetEntryAssembly()
            ?.GetCustomAttribute<AssemblyInformationalVersionAttribute>()
            ?.InformationalVersion;
        resource.AddService(NameOf(environment.ApplicationName), serviceVersion: version);
        resource.AddAttributes(
            Pod.Where(part => !string.IsNullOrEmpty(configuration[part.Variable]))
                .Select(part => KeyValuePair.Create<string, object>(part.Attribute, configuration[part.Variable]!))
        );
        // It is there by default, but before the lines above, which would win.
        resource.AddEnvironmentVariableDetector();
    }

    /// <summary>
    /// As the app model, the manifests and the dashboards name it: <c>accounts</c> for <c>PayFlow.Accounts</c>.
    /// </summary>
    internal static string NameOf(string application) =>
        application.StartsWith("PayFlow.", StringComparison.Ordinal)
            ? application["PayFlow.".Length..].ToLowerInvariant()
            : application;
}
