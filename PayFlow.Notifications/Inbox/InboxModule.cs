using PayFlow.Notifications.Delivery;
using PayFlow.ServiceDefaults.Documentation;
using PayFlow.ServiceDefaults.Problems;

namespace PayFlow.Notifications.Inbox;

/// <summary>The notifications of a party in the app: stored, announced to open screens, listed and read.</summary>
public static class InboxModule
{
    public static void AddInbox(this WebApplicationBuilder builder) =>
        builder.Services.AddSingleton<IDeliveryChannel, InAppChannel>();

    public static void MapInbox(this WebApplication app)
    {
        var notifications = app.MapGroup("/notifications").WithTags("Notifications");
        notifications
            .MapGet("/", ListNotifications.HandleAsync)
            .Describe(
                "listNotifications",
                "List notifications",
                "The caller's own. An auditor or admin may name another party as the `recipient`. Newest first, a "
                    + "page at a time."
            )
            .Answers(ProblemCodes.Forbidden, ProblemCodes.InvalidCursor);
        notifications
            .MapPost("/{id}/read", MarkRead.HandleAsync)
            .Describe("markNotificationRead", "Mark a notification as read", "A second time changes nothing.")
            .Answers(InboxProblems.NotificationNotFound);
        notifications
            .MapPost("/read", MarkAllRead.HandleAsync)
            .Describe(
                "markAllNotificationsRead",
                "Mark all notifications as read",
                "The caller's own, or those up to the one that `upTo` names."
            );
    }
}
