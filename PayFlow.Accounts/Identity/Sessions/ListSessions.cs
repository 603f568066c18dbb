using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using PayFlow.Accounts.Data;
using PayFlow.ServiceDefaults.Access;

namespace PayFlow.Accounts.Identity;

/// <summary><c>GET /auth/sessions</c>: where one is signed in, the latest used first.</summary>
public static class ListSessions
{
    public sealed record Item(
        Guid Id,
        string UserAgent,
        DateTimeOffset CreatedAt,
        DateTimeOffset LastUsedAt,
        bool Current
    );

    public sealed record Response(IReadOnlyList<Item> Items);

    public static async Task<Ok<Response>> HandleAsync(
        Caller caller,
        AccountsDbContext db,
        PeopleOptions options,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        var (user, current, now) = (caller.UserId.Value, caller.SessionId.Value, clock.GetUtcNow());
        var idleSince = now - options.SessionIdleLimit;
        var items = await db
            .Sessions.AsNoTracking()
            .Where(row =>
                row.UserId == user && row.EndedAt == null && row.ExpiresAt > now && row.LastUsedAt > idleSince
            )
            .OrderByDescending(row => row.LastUsedAt)
            .Select(row => new Item(row.Id, row.UserAgent, row.CreatedAt, row.LastUsedAt, row.Id == current))
            .ToListAsync(cancellationToken);
        return TypedResults.Ok(new Response(items));
    }
}
