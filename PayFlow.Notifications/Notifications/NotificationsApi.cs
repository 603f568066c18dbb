namespace PayFlow.Notifications.Notifications;

/// <summary>The routes of this service, one line each; what they do is in the file of the same name.</summary>
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
