using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace PayFlow.AppHost.Embedded;

/// <summary>
/// This machine's own Prometheus, for <c>--prometheus</c>: it reads every service's metrics, and evaluates the rules
/// and alerts that the cluster's one evaluates, from the same files.
/// </summary>
internal sealed class Prometheus
{
    public const string Folder = "prometheus";

    /// <summary>From the wallet's port to Prometheus': 8080 and 9090 unless told otherwise.</summary>
    public const int PortOffset = 1010;

    private readonly string _program;
    private readonly string _folder;

    private Prometheus(string program, string folder, int port)
    {
        _program = program;
        _folder = folder;
        Port = port;
    }

    public int Port { get; }

    public string Url => string.Create(CultureInfo.InvariantCulture, $"http://localhost:{Port}");

    /// <summary>What it is in the list of what runs; the app model knows nothing of it.</summary>
    public Resource Resource { get; } = new PrometheusResource();

    private string ConfigurationFile => Path.Combine(_folder, "prometheus.yml");

    /// <exception cref="CannotRunException">There is none here, or its port is taken.</exception>
    public static Prometheus Find(DataFolder data, int walletPort)
    {
        var port = walletPort + PortOffset;
        if (CommandLine.OnPath("prometheus") is not { } program)
            throw new CannotRunException(
                "There is no Prometheus on this machine's PATH. Install it (apt install prometheus, brew install "
                    + "prometheus), or leave --prometheus out: everything else runs without it."
            );
        if (port > ushort.MaxValue)
            throw new CannotRunException(
                $"Prometheus' port, {PortOffset} above the wallet's, would be {port}, which is none. Choose a lower "
                    + "range: --port-base N"
            );
        if (!PortBook.IsFree(port))
            throw new CannotRunException(
                $"Port {port}, which Prometheus needs, is in use; a Prometheus that the machine starts by itself may "
                    + "have it. Stop that one, or choose another range: --port-base N"
            );
        return new Prometheus(program, data.In(Folder), port);
    }

    /// <summary>Writes its configuration for the services of this run and says how it is started.</summary>
    /// <param name="services">Those with a port; the others cannot be found by it.</param>
    public ProcessStartInfo Describe(IEnumerable<ProjectResource> services)
    {
        Directory.CreateDirectory(_folder);
        File.WriteAllText(ConfigurationFile, Configuration(services, RunOptions.SolutionFolder()));
        return new ProcessStartInfo(
            _program,
            [
                $"--config.file={ConfigurationFile}",
                $"--storage.tsdb.path={Path.Combine(_folder, "data")}",
                "--storage.tsdb.retention.time=3d",
                string.Create(CultureInfo.InvariantCulture, $"--web.listen-address=127.0.0.1:{Port}"),
                "--log.level=warn",
            ]
        )
        {
            WorkingDirectory = _folder,
        };
    }

    internal static string Configuration(IEnumerable<ProjectResource> services, string solution)
    {
        var text = new StringBuilder(
            $"""
            # Written by PayFlow at each start.
            global:
              scrape_interval: 5s
              evaluation_interval: 5s
            rule_files:
              - '{Path.Combine(solution, "deploy", "prometheus", "rules", "*.yml")}'
            scrape_configs:
              - job_name: payflow
                static_configs:

            """
        );
        foreach (var service in services.Where(service => service.Port is not null))
            text.Append(
                CultureInfo.InvariantCulture,
                $"      - {{ targets: ['localhost:{service.Port}'], labels: {{ service: {service.Name} }} }}\n"
            );
        return text.ToString();
    }

    private sealed class PrometheusResource() : ContainerResource("prometheus");
}
