using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using PayFlow.Accounts.Data;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Paging;
using PayFlow.ServiceDefaults.Problems;

namespace PayFlow.Accounts.Accounts;

public static class GetAccounts
{
    // A cursor is bound to the list and not to the caller: it shows nobody else's.
    private const string Mine = "accounts of the caller";
    private const string Open = "open";
    private const string Closed = "closed";

    public static async Task<Results<Ok<AccountResponse>, ProblemHttpResult>> ByIdAsync(
        AccountId id,
        Caller caller,
        AccountsDbContext db,
        CancellationToken cancellationToken
    ) => Answer(await db.VisibleTo(caller).SingleOrDefaultAsync(account => account.Id == id.Value, cancellationToken));

    public static async Task<Results<Ok<AccountResponse>, ProblemHttpResult>> ByNumberAsync(
        string number,
        Caller caller,
        AccountsDbContext db,
        CancellationToken cancellationToken
    ) =>
        AccountNumber.TryParse(number, out var valid)
            ? Answer(
                await db.VisibleTo(caller)
                    .SingleOrDefaultAsync(account => account.AccountNumber == valid.Digits, cancellationToken)
            )
            : AccountQueries.NotFound();

    /// <summary>
    /// <c>GET /accounts/me</c>: the caller's own, the open ones before the closed ones, which are listed for their
    /// history, and the oldest first.
    /// </summary>
    public static async Task<Results<Ok<Page<AccountResponse>>, ProblemHttpResult>> MineAsync(
        Caller caller,
        AccountsDbContext db,
        CancellationToken cancellationToken,
        string? cursor = null,
        int limit = Cursor.DefaultLimit
    )
    {
        if (limit is < 1 or > Cursor.MaxLimit)
            return Problem.Invalid("limit", $"Must be from 1 to {Cursor.MaxLimit}.");
        var query = db.Holders().Where(account => account.OwnerId == caller.PartyId.Value);
        if (cursor is not null)
        {
            if (
                !Cursor.TryRead(cursor, Mine, out var position)
                || position.Split(' ') is not [var state, var id]
                || state is not (Open or Closed)
                || !Guid.TryParse(id, out var after)
            )
            {
                return Problem.Of(ProblemCodes.InvalidCursor, "Remove the cursor to read the list from its start.");
            }

            query =
                state == Closed
                    ? query.Where(account => account.Status == Closed && account.Id > after)
                    : query.Where(account => account.Status == Closed || account.Id > after);
        }

        var rows = await query
            .OrderBy(account => account.Status == Closed)
            .ThenBy(account => account.Id)
            .Take(limit + 1)
            .ToListAsync(cancellationToken);
        var next =
            rows.Count > limit
                ? Cursor.Write(Mine, $"{(rows[limit - 1].Status == Closed ? Closed : Open)} {rows[limit - 1].Id}")
                : null;
        return TypedResults.Ok(new Page<AccountResponse>([.. rows.Take(limit).Select(AccountResponse.From)], next));
    }

    public static async Task<Results<Ok<Page<AccountResponse>>, ProblemHttpResult>> ListAsync(
        AccountsDbContext db,
        CancellationToken cancellationToken,
        string? cursor = null,
        int limit = Cursor.DefaultLimit
    )
    {
        if (limit is < 1 or > Cursor.MaxLimit)
            return Problem.Invalid("limit", $"Must be from 1 to {Cursor.MaxLimit}.");
        var query = db.Holders();
        if (cursor is not null)
        {
            if (!Cursor.TryRead(cursor, "accounts", out var position) || !Guid.TryParse(position, out var after))
                return Problem.Of(ProblemCodes.InvalidCursor, "Remove the cursor to read the list from its start.");
            query = query.Where(account => account.Id < after);
        }

        var rows = await query.OrderByDescending(account => account.Id).Take(limit + 1).ToListAsync(cancellationToken);
        var next = rows.Count > limit ? Cursor.Write("accounts", rows[limit - 1].Id.ToString()) : null;
        return TypedResults.Ok(new Page<AccountResponse>([.. rows.Take(limit).Select(AccountResponse.From)], next));
    }

    private static Results<Ok<AccountResponse>, ProblemHttpResult> Answer(AccountRow? row) =>
        row is null ? AccountQueries.NotFound() : TypedResults.Ok(AccountResponse.From(row));
}
