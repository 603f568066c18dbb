namespace PayFlow.Notifications.Notifications;

/// <summary>The routes of notifications.</summary>
public static class NotificationsApi
{
    public static void MapNotifications(this WebApplication app)
    {
        var notifications = app.MapGroup("/notifications").WithTags("Notifications");
        notifications.MapGet("/", ListNotifications.HandleAsync);
        notifications.MapPost("/{id}/read", MarkRead.HandleAsync);
        notifications.MapPost("/read", MarkAllRead.HandleAsync);
    }
}
