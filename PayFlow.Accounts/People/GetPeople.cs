using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using PayFlow.Accounts.Data;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Paging;
using PayFlow.ServiceDefaults.Problems;
using PayFlow.ServiceDefaults.Text;

namespace PayFlow.Accounts.People;

/// <summary>A person with a login as those see them who work here; nothing that lets anybody in.</summary>
/// <param name="LockedUntil">No sign-in counts before; null where none is locked.</param>
/// <param name="ConfirmationLockedUntil">The same for PINs and codes of payments.</param>
public sealed record PersonResponse(
    Guid Id, Guid PartyId, string Name, string? Handle, string Email, bool EmailVerified, IReadOnlyList<string> Roles, string Tier, bool SecondFactor, bool PinSet, DateTimeOffset? LockedUntil, DateTimeOffset? ConfirmationLockedUntil, DateTimeOffset CreatedAt);

/// <summary><c>GET /people</c>, the newest first, and <c>GET /people/{id}</c>.</summary>
public static class GetPeople
{
    /// <param name="q">A part of a name, or a whole handle or address, in any case and spelling.</param>
    public static async Task<Results<Ok<Page<PersonResponse>>, ProblemHttpResult>> ListAsync(
        AccountsDbContext db, TimeProvider clock, CancellationToken cancellationToken, string? q = null, string? cursor = null, int limit = Cursor.DefaultLimit)
    {
        if (limit is < 1 or > Cursor.MaxLimit) return Problem.Invalid("limit", $"From 1 to {Cursor.MaxLimit}.");
        if (q is { Length: > 100 }) return Problem.Invalid("q", "At most 100 characters.");
        var list = $"people {q}";
        var found = db.Users.AsNoTracking().Join(db.Parties.AsNoTracking(), user => user.PartyId, party => party.Id, (user, party) => new { user, party });
        if (q?.Trim() is { Length: > 0 } words)
        {
            var (key, handle) = (EmailAddresses.Key(words), Folding.Fold(words));
            found = found.Where(row => row.user.NormalizedEmail == key || row.party.Handle == handle || AccountsDbContext.Fold(row.party.Name).Contains(AccountsDbContext.Fold(words)));
        }

        if (cursor is not null)
        {
            if (!Cursor.TryRead(cursor, list, out var position) || !Guid.TryParse(position, out var after)) return Problem.Of(ProblemCodes.InvalidCursor, "Start again without a cursor.");
            found = found.Where(row => row.user.Id < after);
        }

        var rows = await found.OrderByDescending(row => row.user.Id).Take(limit + 1).ToListAsync(cancellationToken);
        var now = clock.GetUtcNow();
        return TypedResults.Ok(new Page<PersonResponse>([.. rows.Take(limit).Select(row => Show(row.user, row.party, now))], rows.Count > limit ? Cursor.Write(list, rows[limit - 1].user.Id.ToString()) : null));
    }

    public static async Task<Results<Ok<PersonResponse>, ProblemHttpResult>> ByIdAsync(UserId id, AccountsDbContext db, TimeProvider clock, CancellationToken cancellationToken) =>
        await db.PersonAsync(id, clock, cancellationToken) is { } person ? TypedResults.Ok(person) : NotFound();

    public static ProblemHttpResult NotFound() => Problem.Of(ProblemCodes.PersonNotFound, "Check the id; people are listed under /people.");

    public static async Task<PersonResponse?> PersonAsync(this AccountsDbContext db, UserId id, TimeProvider clock, CancellationToken cancellationToken) =>
        await db.Users.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id.Value, cancellationToken) is { } user
            ? Show(user, await db.Parties.AsNoTracking().SingleAsync(row => row.Id == user.PartyId, cancellationToken), clock.GetUtcNow())
            : null;

    private static PersonResponse Show(User user, PartyRow party, DateTimeOffset now) => new(
        user.Id, party.Id, party.Name, party.Handle, party.Email, user.EmailConfirmed, user.Roles, user.Tier, user.TwoFactorEnabled, user.PinHash is not null, Later(user.LockoutEnd, now), Later(user.ConfirmationLockedUntil, now), user.CreatedAt);

    private static DateTimeOffset? Later(DateTimeOffset? until, DateTimeOffset now) => until > now ? until : null;
}
