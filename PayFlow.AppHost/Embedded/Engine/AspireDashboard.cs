using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Xml.Linq;

namespace PayFlow.AppHost.Embedded;

/// <summary>
/// Aspire's own dashboard, for <c>--dashboard</c>: traces, metrics and structured logs of all services, which send them
/// by OTLP. It is a program of NuGet's, downloaded at the first use: nobody else's restore gets the larger by it.
/// </summary>
internal sealed class AspireDashboard
{
    public const string Folder = "dashboard";

    /// <summary>From the wallet's port to the dashboard's: the next one after those of the services.</summary>
    public const int PortOffset = 4;

    private const string OtlpKey = "dashboard-otlp-key";

    /// <summary>
    /// How long it may take until telemetry is seen, in milliseconds: Aspire's own value for a run on a developer's
    /// machine.
    /// </summary>
    private const string Delay = "1000";

    private static readonly string Package = Metadata("AspireDashboardPackage");
    private static readonly string Version = Metadata("AspireDashboardVersion");

    private readonly DataFolder _data;
    private readonly int _otlpPort;
    private string? _program;

    private AspireDashboard(DataFolder data, int port, int otlpPort)
    {
        _data = data;
        Port = port;
        _otlpPort = otlpPort;
    }

    public int Port { get; }

    public string Url => string.Create(CultureInfo.InvariantCulture, $"http://localhost:{Port}");

    /// <summary>Opens it signed in. Other people of this machine, who have no token, see nothing.</summary>
    public string Link => $"{Url}/login?t={_data.Secret("dashboard-token")}";

    /// <summary>Its place in the list of what runs; the app model does not contain it.</summary>
    public Resource Resource { get; } = new DashboardResource();

    /// <exception cref="CannotRunException">Its port is taken, or telemetry is turned off.</exception>
    public static AspireDashboard For(DataFolder data, PortBook book, int walletPort)
    {
        if (
            string.Equals(
                Environment.GetEnvironmentVariable("OTEL_SDK_DISABLED"),
                "true",
                StringComparison.OrdinalIgnoreCase
            )
        )
            throw new CannotRunException(
                "OTEL_SDK_DISABLED=true turns off what --dashboard shows. Unset it, or leave --dashboard out."
            );
        var port = walletPort + PortOffset;
        if (!PortBook.IsFree(port))
            throw new CannotRunException(
                $"Port {port}, which the dashboard needs, is in use. Choose another range: --port-base N"
            );
        return new AspireDashboard(data, port, book.Of("dashboard-otlp"));
    }

    /// <summary>Finds it among NuGet's packages, or gets it from NuGet.</summary>
    /// <exception cref="CannotRunException">It is not there and cannot be had.</exception>
    public async Task LocateAsync() => _program = Find([OwnPackages()]) ?? await DownloadAsync();

    /// <summary>
    /// How it is started: on this machine's own addresses only, with a token to look and a key to send.
    /// </summary>
    public ProcessStartInfo Describe()
    {
        var info = new ProcessStartInfo(_program!) { WorkingDirectory = Path.GetDirectoryName(_program)! };
        // The launch profile of this project has settings for the dashboard that the real Aspire starts.
        foreach (
            var inherited in info
                .Environment.Keys.Where(name =>
                    name.StartsWith("ASPIRE_", StringComparison.Ordinal)
                    || name.StartsWith("ASPNETCORE_", StringComparison.Ordinal)
                    || name.StartsWith("DOTNET_", StringComparison.Ordinal)
                    || name.StartsWith("DASHBOARD__", StringComparison.OrdinalIgnoreCase)
                )
                .ToList()
        )
            info.Environment.Remove(inherited);
        info.Environment["ASPNETCORE_URLS"] = Url;
        info.Environment["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] = OtlpUrl();
        info.Environment["DASHBOARD__APPLICATIONNAME"] = "PayFlow";
        info.Environment["DASHBOARD__FRONTEND__AUTHMODE"] = "BrowserToken";
        info.Environment["DASHBOARD__FRONTEND__BROWSERTOKEN"] = _data.Secret("dashboard-token");
        info.Environment["DASHBOARD__OTLP__AUTHMODE"] = "ApiKey";
        info.Environment["DASHBOARD__OTLP__PRIMARYAPIKEY"] = _data.Secret(OtlpKey);
        // It would write its link, token and all, into its log.
        info.Environment["Logging__LogLevel__Default"] = "Warning";
        info.Environment["Logging__LogLevel__Aspire.Dashboard.DashboardWebApplication"] = "Warning";
        info.Environment["Logging__LogLevel__Microsoft.AspNetCore.DataProtection"] = "Error";
        return info;
    }

    /// <summary>Has a service send it its telemetry: the variables that Aspire gives a project.</summary>
    public void AddTo(IDictionary<string, string?> environment)
    {
        environment["OTEL_EXPORTER_OTLP_ENDPOINT"] = OtlpUrl();
        environment["OTEL_EXPORTER_OTLP_PROTOCOL"] = "grpc";
        environment["OTEL_EXPORTER_OTLP_HEADERS"] = $"x-otlp-api-key={_data.Secret(OtlpKey)}";
        environment["OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY"] = "in_memory";
        foreach (
            var batch in new[] { "OTEL_BLRP_SCHEDULE_DELAY", "OTEL_BSP_SCHEDULE_DELAY", "OTEL_METRIC_EXPORT_INTERVAL" }
        )
            environment[batch] = Delay;
    }

    /// <summary>
    /// The program in the first of these package folders that has it whole: NuGet writes a package's metadata last.
    /// </summary>
    private static string? Find(IEnumerable<string> packageFolders) =>
        packageFolders
            .Select(folder => Path.Combine(folder, Package.ToLowerInvariant(), Version))
            .Where(package => File.Exists(Path.Combine(package, ".nupkg.metadata")))
            .Select(package =>
                Path.Combine(
                    package,
                    "tools",
                    OperatingSystem.IsWindows() ? "Aspire.Dashboard.exe" : "Aspire.Dashboard"
                )
            )
            .FirstOrDefault(File.Exists);

    private static string OwnPackages() =>
        Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } named
            ? named
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    private static string Metadata(string key) =>
        typeof(AspireDashboard)
            .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(metadata => metadata.Key == key)
            .Value!;

    /// <summary>
    /// Restores a project that downloads the package and nothing else, so that the person's own NuGet settings count:
    /// feeds, proxies, trust.
    /// </summary>
    private async Task<string> DownloadAsync()
    {
        Child.Print(Resource.Name, 33, $"not on this machine yet: {Package} {Version} comes from NuGet, some 50 MB");
        var folder = _data.In(Folder);
        Directory.CreateDirectory(folder);
        var project = Path.Combine(folder, "Download.csproj");
        DataFolder.WriteWhole(project, Project());
        var (code, output, error) = await CommandLine.RunAsync(
            new ProcessStartInfo(
                Subcommands.Dotnet,
                ["msbuild", project, "-restore", "-t:Locate", "-nologo", "-v:q", "-getProperty:NuGetPackageFolders"]
            )
            {
                WorkingDirectory = folder,
            }
        );
        if (
            code == 0
            && Find(output.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
                is { } program
        )
            return program;
        var reason = (output + error)
            .Split('\n')
            .FirstOrDefault(line => line.Contains("error", StringComparison.OrdinalIgnoreCase))
            ?.Split(": error ")[^1]
            .Trim();
        throw new CannotRunException(
            "The Aspire dashboard is not on this machine and NuGet cannot get it: "
                + $"{reason ?? "no reason is given."}\nConnect this machine to NuGet once, or leave --dashboard out: "
                + "everything else runs without it."
        );
    }

    /// <summary>
    /// The settings of the folders above it are another project's; NuGet's own configuration is found all the same.
    /// </summary>
    private static string Project()
    {
        XElement Properties(params (string Name, string Value)[] properties) =>
            new("PropertyGroup", properties.Select(property => new XElement(property.Name, property.Value)));
        XElement Import(string file) =>
            new("Import", new XAttribute("Project", file), new XAttribute("Sdk", "Microsoft.NET.Sdk"));
        return new XElement(
            "Project",
            Properties(
                ("ImportDirectoryBuildProps", "false"),
                ("ImportDirectoryBuildTargets", "false"),
                ("ImportDirectoryPackagesProps", "false")
            ),
            Import("Sdk.props"),
            Properties(("TargetFramework", "net10.0")),
            new XElement(
                "ItemGroup",
                new XElement(
                    "PackageDownload",
                    new XAttribute("Include", Package),
                    new XAttribute("Version", $"[{Version}]")
                )
            ),
            new XElement("Target", new XAttribute("Name", "Locate")),
            Import("Sdk.targets")
        ).ToString();
    }

    private string OtlpUrl() => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_otlpPort}");

    private sealed class DashboardResource() : ContainerResource("dashboard");
}
