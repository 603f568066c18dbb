using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using PayFlow.Notifications.Data;
using PayFlow.ServiceDefaults.Access;

namespace PayFlow.Notifications.Inbox;

/// <summary>
/// <c>POST /notifications/read</c>: all of the caller's own, or those up to one that the caller has seen.
/// </summary>
public static class MarkAllRead
{
    /// <param name="upTo">The newest to be marked: what has come since stays unread.</param>
    public static async Task<NoContent> HandleAsync(
        Caller caller,
        NotificationsDbContext db,
        TimeProvider clock,
        CancellationToken cancellationToken,
        Guid? upTo = null
    )
    {
        var mine = db.Notifications.Where(row => row.RecipientId == caller.PartyId.Value && row.ReadAt == null);
        if (upTo is { } newest)
            mine = mine.Where(row => row.Id <= newest);
        await mine.ExecuteUpdateAsync(row => row.SetProperty(n => n.ReadAt, clock.GetUtcNow()), cancellationToken);
        return TypedResults.NoContent();
    }
}
