using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using PayFlow.ServiceDefaults.Contracts;

namespace PayFlow.ServiceDefaults.Messaging;

public static class MessagingExtensions
{
    /// <summary>
    /// Adds the outbox with relay and sweep, and the watch for a replaced broker. The service must register
    /// its database with <see cref="MessagingTables.AddMessaging"/> in the model.
    /// </summary>
    /// <param name="service">
    /// Its name in <see cref="Topics"/>, which says what it writes and reads, and which keys it needs.
    /// </param>
    public static IHostApplicationBuilder AddMessaging(this IHostApplicationBuilder builder, string service)
    {
        builder.AddKafkaClients();
        builder.Services.Configure<MessagingOptions>(options => options.Service = service);
        builder.Services.TryAddSingleton<MessageMacs>();
        builder.Services.TryAddSingleton<MessageSender>();
        builder.Services.TryAddSingleton<OutboxQueue>();
        builder.Services.TryAddSingleton<Outbox>();
        builder.Services.TryAddSingleton<DeadLetterRecorder>();
        builder.Services.TryAddSingleton<PartitionBudget>();
        builder.Services.AddRunning<BrokerWatch>();
        builder.Services.AddRunning<OutboxRelay>();
        builder.Services.AddHostedService<MessagingRetention>();
        builder.Services.AddHostedService<MessagingGauges>();
        builder.Services.AddHealthChecks().AddCheck<ConsumersHealthCheck>("messaging");
        return builder;
    }

    /// <summary>Reads the handler's topics in a consumer group, on a separate thread.</summary>
    /// <param name="group">One of <see cref="Topics"/>' groups.</param>
    public static IHostApplicationBuilder AddMessageHandler<THandler>(
        this IHostApplicationBuilder builder,
        string group
    )
        where THandler : class, IMessageHandler
    {
        builder.Services.AddSingleton<THandler>();
        builder.Services.AddSingleton(services =>
            ActivatorUtilities.CreateInstance<BatchConsumer>(services, services.GetRequiredService<THandler>(), group)
        );
        // AddHostedService would ignore a second consumer of the same type.
        builder.Services.AddSingleton<IHostedService>(services =>
            services.GetServices<BatchConsumer>().First(consumer => consumer.Handler is THandler)
        );
        return builder;
    }

    /// <summary>
    /// Only the clients and options: for a service that publishes nothing and reads in no group, such as Web.
    /// </summary>
    public static IHostApplicationBuilder AddKafkaClients(this IHostApplicationBuilder builder)
    {
        builder.Services.Configure<MessagingOptions>(builder.Configuration.GetSection("Messaging"));
        builder.AddProducer();
        builder.Services.TryAddSingleton<KafkaClients>();
        return builder;
    }

    /// <summary>Delivers all later messages of the listener's topics to it, in every replica.</summary>
    public static IHostApplicationBuilder AddBroadcastListener<TListener>(this IHostApplicationBuilder builder)
        where TListener : class, IBroadcastListener
    {
        builder.AddKafkaClients();
        builder.Services.TryAddSingleton<MessageMacs>();
        builder.Services.TryAddSingleton<TListener>();
        builder.Services.AddSingleton<IBroadcastListener>(services => services.GetRequiredService<TListener>());
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, BroadcastReader>());
        return builder;
    }
}
