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

    /// <param name="Recipient">The caller's party by default; an auditor or admin may name another one.</param>
    /// <param name="Quiet">
    /// False leaves out notifications that were stored as read: the caller's own payments that completed at once.
    /// </param>
    public sealed record Query(
        PartyId? Recipient = null,
        bool? Unread = null,
        bool Quiet = true,
        string? Cursor = null,
        int Limit = Cursor.DefaultLimit
    );

    public static async Task<Results<Ok<Response>, ProblemHttpResult>> HandleAsync(
        Caller caller,
        NotificationsDbContext db,
        [AsParameters] Query query,
        CancellationToken cancellationToken
    )
    {
        if (query.Limit is < 1 or > Cursor.MaxLimit)
            return Problem.Invalid("limit", $"Must be from 1 to {Cursor.MaxLimit}.");
        var party = query.Recipient ?? caller.PartyId;
        if (!caller.Owns(party) && !caller.Is(Role.Auditor) && !caller.Is(Role.Admin))
            return Problem.Of(
                ProblemCodes.Forbidden,
                "You can read only your own notifications. Remove the recipient parameter."
            );
        var mine = db.Notifications.AsNoTracking().Where(row => row.RecipientId == party.Value);
        var list = $"notifications {party} {query.Unread}{(query.Quiet ? "" : " told")}";
        var page = query.Unread switch
        {
            true => mine.Where(row => row.ReadAt == null),
            false => mine.Where(row => row.ReadAt != null),
            null => mine,
        };
        if (!query.Quiet)
            page = page.Where(row => row.ReadAt == null || row.ReadAt > row.CreatedAt);
        if (query.Cursor is not null)
        {
            if (!Cursor.TryRead(query.Cursor, list, out var position) || !Guid.TryParse(position, out var after))
                return Problem.Of(ProblemCodes.InvalidCursor, "Remove the cursor to read the list from its start.");
            page = page.Where(row => row.Id < after);
        }

        var rows = await page.OrderByDescending(row => row.Id).Take(query.Limit + 1).ToListAsync(cancellationToken);
        var count = await mine.CountAsync(row => row.ReadAt == null, cancellationToken);
        return TypedResults.Ok(
            new Response(
                [.. rows.Take(query.Limit).Select(NotificationResponse.From)],
                rows.Count > query.Limit ? Cursor.Write(list, rows[query.Limit - 1].Id.ToString()) : null,
                count
            )
        );
    }
}
