using Confluent.Kafka;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PayFlow.ServiceDefaults.Connections;

namespace PayFlow.ServiceDefaults.Messaging;

/// <summary>
/// Connects a service to Kafka by connection name. With UseAspire=true it uses Aspire's client package, otherwise the
/// plain one. Both read <c>ConnectionStrings__messaging</c>.
/// </summary>
internal static class KafkaProducer
{
    internal static IHostApplicationBuilder AddProducer(this IHostApplicationBuilder builder)
    {
#if USE_ASPIRE
        // Aspire's package takes the connection string at once. Without one, the registration below says what is
        // missing.
        if (builder.Configuration.GetConnectionString(MessagingOptions.ConnectionName) is { } connectionString)
        {
            builder.AddKafkaProducer<string, byte[]>(
                MessagingOptions.ConnectionName,
                settings =>
                {
                    KafkaClients.Configure(settings.Config);
                    var connection = KafkaConnection.Parse(connectionString);
                    connection.ApplyTo(settings.Config);
                    settings.ConnectionString = connection.Servers;
                    // Messaging has its own health check, metrics and spans, which carry the outbox's trace context.
                    settings.DisableHealthChecks = true;
                    settings.DisableMetrics = true;
                    settings.DisableTracing = true;
                }
            );
            return builder;
        }
#endif
        builder.Services.TryAddSingleton(services =>
        {
            var config = services.GetRequiredService<IConfiguration>().RequiredKafka().ApplyTo(new ProducerConfig());
            KafkaClients.Configure(config);
            return new ProducerBuilder<string, byte[]>(config)
                .SetLogHandler(services.GetRequiredService<ILoggerFactory>().LogKafka)
                .Build();
        });
        return builder;
    }

    internal static KafkaConnection RequiredKafka(this IConfiguration configuration) =>
        KafkaConnection.Parse(configuration.RequiredConnectionString(MessagingOptions.ConnectionName));
}
