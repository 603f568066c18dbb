using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using PayFlow.Notifications.Data;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Paging;
using PayFlow.ServiceDefaults.Problems;

namespace PayFlow.Notifications.Notifications;

/// <summary>A notification as clients see it. <paramref name="ReadAt"/> is null while it is unread.</summary>
public sealed record NotificationResponse(Guid Id, Guid RecipientId, Guid? AccountId, Guid? TransactionId, string Kind, string Title, string Body, DateTimeOffset CreatedAt, DateTimeOffset? ReadAt)
{
    public static NotificationResponse From(NotificationRow row) =>
        new(row.Id, row.RecipientId, row.AccountId, row.TransactionId, row.Kind, row.Title, row.Body, row.CreatedAt, row.ReadAt);
}

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

/// <summary><c>GET /notifications</c>: what a party was told, newest first, with how many of all are unread.</summary>
public static class ListNotifications
{
    public sealed record Response(IReadOnlyList<NotificationResponse> Items, string? NextCursor, int Unread);

    /// <param name="quiet">False leaves out what was read from the beginning: one's own payments that went through at once.</param>
    /// <param name="recipient">Whose they are: the caller's own, or anybody's for an auditor or admin.</param>
    public static async Task<Results<Ok<Response>, ProblemHttpResult>> HandleAsync(
        Caller caller, NotificationsDbContext db, CancellationToken cancellationToken, PartyId? recipient = null, bool? unread = null, bool quiet = true, string? cursor = null, int limit = Cursor.DefaultLimit)
    {
        if (limit is < 1 or > Cursor.MaxLimit) return Problem.Invalid("limit", $"From 1 to {Cursor.MaxLimit}.");
        var party = recipient ?? caller.PartyId;
        if (!caller.Owns(party) && !caller.Is(Role.Auditor) && !caller.Is(Role.Admin)) return Problem.Of(ProblemCodes.Forbidden, "Leave the recipient out to read your own.");
        var mine = db.Notifications.AsNoTracking().Where(row => row.TenantId == TenantId.Default.Value && row.RecipientId == party.Value);
        var list = $"notifications {party} {unread}{(quiet ? "" : " told")}";
        var page = unread switch
        {
            true => mine.Where(row => row.ReadAt == null),
            false => mine.Where(row => row.ReadAt != null),
            null => mine,
        };
        if (!quiet) page = page.Where(row => row.ReadAt == null || row.ReadAt > row.CreatedAt);
        if (cursor is not null)
        {
            if (!Cursor.TryRead(cursor, list, out var position) || !Guid.TryParse(position, out var after)) return Problem.Of(ProblemCodes.InvalidCursor, "Start again without a cursor.");
            page = page.Where(row => row.Id < after);
        }

        var rows = await page.OrderByDescending(row => row.Id).Take(limit + 1).ToListAsync(cancellationToken);
        var count = await mine.CountAsync(row => row.ReadAt == null, cancellationToken);
        return TypedResults.Ok(new Response([.. rows.Take(limit).Select(NotificationResponse.From)], rows.Count > limit ? Cursor.Write(list, rows[limit - 1].Id.ToString()) : null, count));
    }
}

/// <summary><c>POST /notifications/read</c>: all of the caller's own, or those up to one that the caller has seen.</summary>
public static class MarkAllRead
{
    /// <param name="upTo">The newest to be marked: what has come since stays unread.</param>
    public static async Task<NoContent> HandleAsync(Caller caller, NotificationsDbContext db, TimeProvider clock, CancellationToken cancellationToken, Guid? upTo = null)
    {
        var mine = db.Notifications.Where(row => row.TenantId == TenantId.Default.Value && row.RecipientId == caller.PartyId.Value && row.ReadAt == null);
        if (upTo is { } newest) mine = mine.Where(row => row.Id <= newest);
        await mine.ExecuteUpdateAsync(row => row.SetProperty(n => n.ReadAt, clock.GetUtcNow()), cancellationToken);
        return TypedResults.NoContent();
    }
}

/// <summary><c>POST /notifications/{id}/read</c>; reading twice changes nothing.</summary>
public static class MarkRead
{
    public static async Task<Results<NoContent, ProblemHttpResult>> HandleAsync(NotificationId id, Caller caller, NotificationsDbContext db, TimeProvider clock, CancellationToken cancellationToken)
    {
        var mine = db.Notifications.Where(row => row.TenantId == TenantId.Default.Value && row.Id == id.Value && row.RecipientId == caller.PartyId.Value);
        if (await mine.Where(row => row.ReadAt == null).ExecuteUpdateAsync(row => row.SetProperty(n => n.ReadAt, clock.GetUtcNow()), cancellationToken) == 0
            && !await mine.AnyAsync(cancellationToken))
        {
            return Problem.Of(ProblemCodes.NotificationNotFound, "Check the id and try again.");
        }

        return TypedResults.NoContent();
    }
}
