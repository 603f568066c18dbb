using PayFlow.Notifications.Delivery;

namespace PayFlow.Notifications.Inbox;

/// <summary>The notifications of a party in the app: stored, announced to open screens, listed and read.</summary>
public static class InboxModule
{
    public static void AddInbox(this WebApplicationBuilder builder) =>
        builder.Services.AddSingleton<IDeliveryChannel, InAppChannel>();

    public static void MapInbox(this WebApplication app)
    {
        var notifications = app.MapGroup("/notifications").WithTags("Notifications");
        notifications.MapGet("/", ListNotifications.HandleAsync);
        notifications.MapPost("/{id}/read", MarkRead.HandleAsync);
        notifications.MapPost("/read", MarkAllRead.HandleAsync);
    }
}
