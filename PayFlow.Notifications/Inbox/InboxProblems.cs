using PayFlow.ServiceDefaults.Problems;

namespace PayFlow.Notifications.Inbox;

/// <summary>The problem codes of the inbox.</summary>
public static class InboxProblems
{
    public static readonly ProblemCode NotificationNotFound = new(
        "notification_not_found",
        404,
        "The notification was not found."
    );
}
