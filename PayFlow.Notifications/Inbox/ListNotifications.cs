using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using PayFlow.Notifications.Data;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Paging;
using PayFlow.ServiceDefaults.Problems;

namespace PayFlow.Notifications.Inbox;

/// <summary><c>GET /notifications</c>: what a party was told, newest first, with how many of all are unread.</summary>
public static class ListNotifications
{
    public sealed record Response(IReadOnlyList<NotificationResponse> Items, string? NextCursor, int Unread);

    /// <param name="quiet">
    /// False leaves out what was read from the beginning: one's own payments that went through at once.
    /// </param>
    /// <param name="recipient">Whose they are: the caller's own, or anybody's for an auditor or admin.</param>
    public static async Task<Results<Ok<Response>, ProblemHttpResult>> HandleAsync(
        Caller caller,
        NotificationsDbContext db,
        CancellationToken cancellationToken,
        PartyId? recipient = null,
        bool? unread = null,
        bool quiet = true,
        string? cursor = null,
        int limit = Cursor.DefaultLimit
    )
    {
        if (limit is < 1 or > Cursor.MaxLimit)
            return Problem.Invalid("limit", $"Must be from 1 to {Cursor.MaxLimit}.");
        var party = recipient ?? caller.PartyId;
        if (!caller.Owns(party) && !caller.Is(Role.Auditor) && !caller.Is(Role.Admin))
            return Problem.Of(
                ProblemCodes.Forbidden,
                "You can read only your own notifications. Remove the recipient parameter."
            );
        var mine = db.Notifications.AsNoTracking().Where(row => row.RecipientId == party.Value);
        var list = $"notifications {party} {unread}{(quiet ? "" : " told")}";
        var page = unread switch
        {
            true => mine.Where(row => row.ReadAt == null),
            false => mine.Where(row => row.ReadAt != null),
            null => mine,
        };
        if (!quiet)
            page = page.Where(row => row.ReadAt == null || row.ReadAt > row.CreatedAt);
        if (cursor is not null)
        {
            if (!Cursor.TryRead(cursor, list, out var position) || !Guid.TryParse(position, out var after))
                return Problem.Of(ProblemCodes.InvalidCursor, "Remove the cursor to read the list from its start.");
            page = page.Where(row => row.Id < after);
        }

        var rows = await page.OrderByDescending(row => row.Id).Take(limit + 1).ToListAsync(cancellationToken);
        var count = await mine.CountAsync(row => row.ReadAt == null, cancellationToken);
        return TypedResults.Ok(
            new Response(
                [.. rows.Take(limit).Select(NotificationResponse.From)],
                rows.Count > limit ? Cursor.Write(list, rows[limit - 1].Id.ToString()) : null,
                count
            )
        );
    }
}
