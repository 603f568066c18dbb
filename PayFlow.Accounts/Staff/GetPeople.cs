using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using PayFlow.Accounts.Accounts;
using PayFlow.Accounts.Data;
using PayFlow.Accounts.Identity;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Paging;
using PayFlow.ServiceDefaults.Problems;
using PayFlow.ServiceDefaults.Text;

namespace PayFlow.Accounts.Staff;

/// <summary><c>GET /people</c>, the newest first, and <c>GET /people/{id}</c>.</summary>
public static class GetPeople
{
    /// <param name="q">A part of a name, or a whole handle or address, in any case and spelling.</param>
    public static async Task<Results<Ok<Page<PersonResponse>>, ProblemHttpResult>> ListAsync(
        AccountsDbContext db,
        TimeProvider clock,
        CancellationToken cancellationToken,
        string? q = null,
        string? cursor = null,
        int limit = Cursor.DefaultLimit
    )
    {
        if (limit is < 1 or > Cursor.MaxLimit)
            return Problem.Invalid("limit", $"Must be from 1 to {Cursor.MaxLimit}.");
        if (q is { Length: > 100 })
            return Problem.Invalid("q", "Must have at most 100 characters.");
        var list = $"people {q}";
        var found = db
            .Users.AsNoTracking()
            .Join(
                db.Parties.AsNoTracking(),
                user => user.PartyId,
                party => party.Id,
                (user, party) => new { user, party }
            );
        if (q?.Trim() is { Length: > 0 } words)
        {
            var (key, handle) = (EmailAddresses.Key(words), Folding.Fold(words));
            found = found.Where(row =>
                row.user.NormalizedEmail == key
                || row.party.Handle == handle
                || AccountsDbContext.Fold(row.party.Name).Contains(AccountsDbContext.Fold(words))
            );
        }

        if (cursor is not null)
        {
            if (!Cursor.TryRead(cursor, list, out var position) || !Guid.TryParse(position, out var after))
                return Problem.Of(ProblemCodes.InvalidCursor, "Remove the cursor to read the list from its start.");
            found = found.Where(row => row.user.Id < after);
        }

        var rows = await found.OrderByDescending(row => row.user.Id).Take(limit + 1).ToListAsync(cancellationToken);
        var now = clock.GetUtcNow();
        var locks = await db.LocksAsync(rows.ConvertAll(row => row.user.Id), now, cancellationToken);
        return TypedResults.Ok(
            new Page<PersonResponse>(
                [.. rows.Take(limit).Select(row => Show(row.user, row.party, locks))],
                rows.Count > limit ? Cursor.Write(list, rows[limit - 1].user.Id.ToString()) : null
            )
        );
    }

    public static async Task<Results<Ok<PersonResponse>, ProblemHttpResult>> ByIdAsync(
        UserId id,
        AccountsDbContext db,
        TimeProvider clock,
        CancellationToken cancellationToken
    ) => await db.PersonAsync(id, clock, cancellationToken) is { } person ? TypedResults.Ok(person) : NotFound();

    public static ProblemHttpResult NotFound() =>
        Problem.Of(StaffProblems.PersonNotFound, "Check the id. GET /people lists all people.");

    public static async Task<PersonResponse?> PersonAsync(
        this AccountsDbContext db,
        UserId id,
        TimeProvider clock,
        CancellationToken cancellationToken
    ) =>
        await db.Users.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id.Value, cancellationToken) is { } user
            ? Show(
                user,
                await db.Parties.AsNoTracking().SingleAsync(row => row.Id == user.PartyId, cancellationToken),
                await db.LocksAsync([user.Id], clock.GetUtcNow(), cancellationToken)
            )
            : null;

    /// <returns>Until when a secret is locked, by user and by whether it is the password.</returns>
    private static async Task<Dictionary<(Guid User, bool IsPassword), DateTimeOffset>> LocksAsync(
        this AccountsDbContext db,
        List<Guid> users,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var locks = await db
            .WrongTries.AsNoTracking()
            .Where(row => users.Contains(row.UserId) && row.LockedUntil > now)
            .Select(row => new
            {
                row.UserId,
                row.Secret,
                row.LockedUntil,
            })
            .ToListAsync(cancellationToken);
        var password = EnumNames.Of(SecretKind.Password);
        return locks
            .GroupBy(row => (row.UserId, row.Secret == password))
            .ToDictionary(group => group.Key, group => group.Max(row => row.LockedUntil!.Value));
    }

    private static PersonResponse Show(
        User user,
        PartyRow party,
        Dictionary<(Guid User, bool IsPassword), DateTimeOffset> locks
    )
    {
        return new PersonResponse(
            user.Id,
            party.Id,
            party.Name,
            party.Handle,
            party.Email,
            user.EmailConfirmed,
            user.Roles,
            user.Tier,
            user.TwoFactorEnabled,
            user.PinHash is not null,
            Until(isPassword: true),
            Until(isPassword: false),
            user.CreatedAt
        );

        DateTimeOffset? Until(bool isPassword) =>
            locks.TryGetValue((user.Id, isPassword), out var until) ? until : null;
    }
}
