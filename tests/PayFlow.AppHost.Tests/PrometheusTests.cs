using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using PayFlow.AppHost.Embedded;

namespace PayFlow.AppHost.Tests;

/// <summary>What --prometheus writes and refuses; that it reads the running services is shown end to end.</summary>
public sealed class PrometheusTests : IDisposable
{
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task Its_configuration_names_every_service_with_a_port_and_the_products_rules()
    {
        var builder = DistributedApplication.CreateBuilder(["--data", _temp["data"]]);
        builder.AddProject<SomeProject>("first", launchProfileName: null).WithHttpEndpoint(port: 7001);
        builder.AddProject<SomeProject>("second", launchProfileName: null).WithHttpEndpoint(port: 7002);
        builder.AddProject<SomeProject>("hidden", launchProfileName: null).WithHttpEndpoint();
        var configuration = Prometheus.Configuration(
            ((EmbeddedBuilder)builder).Resources.OfType<ProjectResource>(),
            RunOptions.SolutionFolder()
        );
        Assert.Contains(
            "{ targets: ['localhost:7001'], labels: { service: first } }",
            configuration,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "{ targets: ['localhost:7002'], labels: { service: second } }",
            configuration,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("hidden", configuration, StringComparison.Ordinal);
        await File.WriteAllTextAsync(_temp["prometheus.yml"], configuration, TestContext.Current.CancellationToken);
        var (code, output, error) = await CommandLine.RunAsync(
            new ProcessStartInfo("promtool", ["check", "config", _temp["prometheus.yml"]])
        );
        Assert.True(code == 0, error);
        Assert.Contains("3 rule files found", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_port_that_it_cannot_have_is_refused_in_words()
    {
        using var data = DataFolder.Open(_temp["data"], reset: false);
        Assert.Contains(
            "would be 66010, which is none",
            Assert.Throws<CannotRunException>(() => Prometheus.Find(data, 65_000)).Message,
            StringComparison.Ordinal
        );
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        Assert.StartsWith(
            $"Port {port}, which Prometheus needs, is in use",
            Assert.Throws<CannotRunException>(() => Prometheus.Find(data, port - Prometheus.PortOffset)).Message,
            StringComparison.Ordinal
        );
    }

    private sealed class SomeProject : IProjectMetadata
    {
        public string ProjectPath => "/somewhere/Some.csproj";
    }
}
