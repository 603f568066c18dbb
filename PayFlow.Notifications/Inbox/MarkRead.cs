using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using PayFlow.Notifications.Data;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Problems;

namespace PayFlow.Notifications.Inbox;

/// <summary><c>POST /notifications/{id}/read</c>; reading twice changes nothing.</summary>
public static class MarkRead
{
    public static async Task<Results<NoContent, ProblemHttpResult>> HandleAsync(
        NotificationId id,
        Caller caller,
        NotificationsDbContext db,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        var mine = db.Notifications.Where(row => row.Id == id.Value && row.RecipientId == caller.PartyId.Value);
        if (
            await mine.Where(row => row.ReadAt == null)
                .ExecuteUpdateAsync(row => row.SetProperty(n => n.ReadAt, clock.GetUtcNow()), cancellationToken) == 0
            && !await mine.AnyAsync(cancellationToken)
        )
        {
            return Problem.Of(InboxProblems.NotificationNotFound, "Check the id.");
        }

        return TypedResults.NoContent();
    }
}
