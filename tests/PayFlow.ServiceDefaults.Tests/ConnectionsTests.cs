using Confluent.Kafka;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using PayFlow.ServiceDefaults.Connections;
using PayFlow.ServiceDefaults.Messaging;
using PayFlow.ServiceDefaults.Tenancy;

namespace PayFlow.ServiceDefaults.Tests;

/// <summary>What the clients of PostgreSQL and Kafka do in both modes, with Aspire's packages and without.</summary>
public sealed class ConnectionsTests
{
    [Fact]
    public void Without_a_brokers_connection_string_a_service_is_built_and_says_what_is_missing()
    {
        var builder = Builder();
        builder.AddKafkaClients();
        using var host = builder.Build();
        var missing = Assert.Throws<InvalidOperationException>(() =>
            host.Services.GetRequiredService<IProducer<string, byte[]>>()
        );
        Assert.StartsWith("There is no connection string 'messaging'.", missing.Message, StringComparison.Ordinal);
    }

    /// <summary>A service sets up its telemetry itself, and makes spans only where a collector takes them.</summary>
    [Fact]
    public void The_clients_add_no_telemetry_of_their_own()
    {
        var builder = Builder(
            ("ConnectionStrings:messaging", "127.0.0.1:9"),
            ("ConnectionStrings:things", "Host=127.0.0.1;Database=things;Username=service")
        );
        builder.AddServiceDatabase<Things>("things");
        builder.AddKafkaClients();
        using var host = builder.Build();
        using var producer = host.Services.GetRequiredService<IProducer<string, byte[]>>();
        Assert.Null(host.Services.GetService<TracerProvider>());
        Assert.Null(host.Services.GetService<MeterProvider>());
    }

    private static HostApplicationBuilder Builder(params (string Name, string Value)[] configuration)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(
            configuration.Select(pair => KeyValuePair.Create<string, string?>(pair.Name, pair.Value))
        );
        builder.Services.AddLogging();
        return builder;
    }

    private sealed class Things(DbContextOptions<Things> options) : TenantDbContext(options)
    {
        protected override void AddTables(ModelBuilder model) { }
    }
}
