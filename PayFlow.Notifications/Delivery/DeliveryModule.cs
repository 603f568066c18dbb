using PayFlow.Notifications.Delivery.Channels;
using PayFlow.Notifications.Delivery.Preferences;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Documentation;
using PayFlow.ServiceDefaults.Messaging;

namespace PayFlow.Notifications.Delivery;

/// <summary>Who gets which notification by which channels, and the queue of those that send.</summary>
public static class DeliveryModule
{
    public static void AddDelivery(this WebApplicationBuilder builder) =>
        builder.AddMessageHandler<NotificationsConsumer>(Topics.NotificationsGroup);

    /// <summary>Adds a channel that sends after the commit, with a sender of its own.</summary>
    public static void AddQueuedChannel<TChannel>(this WebApplicationBuilder builder)
        where TChannel : QueuedChannel
    {
        builder.Services.AddSingleton<TChannel>();
        builder.Services.AddSingleton<IDeliveryChannel>(services => services.GetRequiredService<TChannel>());
        // AddHostedService would take only the first one of a type.
        builder.Services.AddSingleton<IHostedService>(services =>
            ActivatorUtilities.CreateInstance<DeliverySender>(services, services.GetRequiredService<TChannel>())
        );
    }

    public static void MapDelivery(this WebApplication app)
    {
        var preferences = app.MapGroup("/notifications/preferences").WithTags("Notifications");
        preferences
            .MapGet("/", GetPreferences.HandleAsync)
            .Describe(
                "getPreferences",
                "Get the preferences of delivery",
                "Which kinds of notifications the caller gets by which channels."
            );
        preferences
            .MapPut("/", ChangePreferences.HandleAsync)
            .Describe(
                "changePreferences",
                "Change the preferences of delivery",
                "Choices that the body leaves out stay. Security messages are always sent."
            );
    }
}
