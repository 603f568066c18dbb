using PayFlow.ServiceDefaults.Messaging;

namespace PayFlow.Notifications.Inbox;

/// <summary>What a party is told in the app: stored, announced to open screens, listed and marked as read.</summary>
public static class InboxModule
{
    public static void AddInbox(this WebApplicationBuilder builder) =>
        builder.AddMessageHandler<NotificationsConsumer>(Topics.NotificationsGroup);

    public static void MapInbox(this WebApplication app)
    {
        var notifications = app.MapGroup("/notifications").WithTags("Notifications");
        notifications.MapGet("/", ListNotifications.HandleAsync);
        notifications.MapPost("/{id}/read", MarkRead.HandleAsync);
        notifications.MapPost("/read", MarkAllRead.HandleAsync);
    }
}
