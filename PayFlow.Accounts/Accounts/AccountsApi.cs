using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using PayFlow.Accounts.Data;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.Http;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Monetary;
using PayFlow.ServiceDefaults.Paging;
using PayFlow.ServiceDefaults.Problems;

namespace PayFlow.Accounts.Accounts;

/// <summary>An account as clients see it; amounts are decimal strings.</summary>
/// <param name="FrozenBy"><c>holder</c> or <c>operator</c>: the holder lifts only what the holder froze. Null while it is not frozen.</param>
public sealed record AccountResponse(
    Guid Id, string AccountNumber, Guid OwnerId, string HolderName, string Email, string? Handle, string Currency, string Balance, string Held, string Available, string Status, long Version, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, string? FrozenBy)
{
    public static AccountResponse From(AccountRow row)
    {
        var currency = ServiceDefaults.Monetary.Currency.Parse(row.Currency);
        return new AccountResponse(
            row.Id,
            row.AccountNumber,
            row.OwnerId,
            row.HolderName,
            row.Email,
            row.Handle,
            row.Currency,
            Money.Format(row.Balance, currency),
            Money.Format(row.Held, currency),
            Money.Format(row.Balance - row.Held, currency),
            row.Status,
            row.Version,
            row.CreatedAt,
            row.UpdatedAt,
            row.FrozenBy);
    }
}

/// <summary>The routes of this service, one line each; what they do is in the file of the same name.</summary>
public static class AccountsApi
{
    public static void MapAccounts(this WebApplication app)
    {
        var accounts = app.MapGroup("/accounts").WithTags("Accounts");
        accounts.MapPost("/", OpenAccount.HandleAsync).For(Role.Customer, Role.Merchant);
        accounts.MapGet("/", GetAccounts.ListAsync).For(Role.Support, Role.Auditor, Role.Admin);
        accounts.MapGet("/me", GetAccounts.MineAsync);
        accounts.MapGet("/lookup", LookUpAccount.HandleAsync);
        accounts.MapGet("/{id}", GetAccounts.ByIdAsync);
        accounts.MapGet("/number/{number}", GetAccounts.ByNumberAsync);
        accounts.MapGet("/{id}/balance", GetBalance.HandleAsync);
        accounts.MapPut("/{id}/balance", AdjustBalance.HandleAsync).For(Role.Admin);
        accounts.MapGet("/{id}/entries", ListEntries.HandleAsync);
        accounts.MapPost("/{id}/freeze", ChangeStatus.FreezeAsync);
        accounts.MapPost("/{id}/unfreeze", ChangeStatus.UnfreezeAsync);
        accounts.MapPost("/{id}/close", ChangeStatus.CloseAsync);
        var adjustments = app.MapGroup("/adjustments").WithTags("Adjustments");
        adjustments.MapGet("/", ReviewAdjustment.ListAsync).For(Role.Auditor, Role.Admin);
        adjustments.MapGet("/{id}", ReviewAdjustment.ByIdAsync).For(Role.Auditor, Role.Admin);
        adjustments.MapPost("/{id}/approve", ReviewAdjustment.ApproveAsync).For(Role.Admin);
        adjustments.MapPost("/{id}/reject", ReviewAdjustment.RejectAsync).For(Role.Admin);
        app.MapGet("/ledger/trial-balance", TrialBalance.HandleAsync).WithTags("Ledger").For(Role.Auditor, Role.Admin);
        app.MapInternal().MapGet("/accounts/resolve", ResolveAccount.HandleAsync).CalledBy(ServiceToken.Transactions);
    }

    public static ProblemHttpResult NotFound() => Problem.Of(ProblemCodes.AccountNotFound, "Check the id or number and try again.");

    /// <summary>What the caller may read; anybody else's account does not exist for them (I8).</summary>
    public static IQueryable<AccountRow> VisibleTo(this AccountsDbContext db, Caller caller) =>
        caller.ReadsAll ? db.Holders() : db.Holders().Where(account => account.OwnerId == caller.PartyId.Value);

    public static IQueryable<AccountRow> Holders(this AccountsDbContext db) => db.Accounts.AsNoTracking().Where(account => account.Kind != "system" && account.TenantId == TenantId.Default.Value);
}

public static class GetAccounts
{
    // A cursor is bound to the list and not to the caller: it shows nobody else's.
    private const string Mine = "accounts of the caller";
    private const string Open = "open";
    private const string Closed = "closed";

    public static async Task<Results<Ok<AccountResponse>, ProblemHttpResult>> ByIdAsync(AccountId id, Caller caller, AccountsDbContext db, CancellationToken cancellationToken) =>
        Answer(await db.VisibleTo(caller).SingleOrDefaultAsync(account => account.Id == id.Value, cancellationToken));

    public static async Task<Results<Ok<AccountResponse>, ProblemHttpResult>> ByNumberAsync(string number, Caller caller, AccountsDbContext db, CancellationToken cancellationToken) =>
        AccountNumber.TryParse(number, out var valid)
            ? Answer(await db.VisibleTo(caller).SingleOrDefaultAsync(account => account.AccountNumber == valid.Digits, cancellationToken))
            : AccountsApi.NotFound();

    /// <summary>
    /// <c>GET /accounts/me</c>: the caller's own, the open ones before the closed ones, which are listed for their
    /// history, and the oldest first.
    /// </summary>
    public static async Task<Results<Ok<Page<AccountResponse>>, ProblemHttpResult>> MineAsync(
        Caller caller,
        AccountsDbContext db,
        CancellationToken cancellationToken,
        string? cursor = null,
        int limit = Cursor.DefaultLimit)
    {
        if (limit is < 1 or > Cursor.MaxLimit) return Problem.Invalid("limit", $"From 1 to {Cursor.MaxLimit}.");
        var query = db.Holders().Where(account => account.OwnerId == caller.PartyId.Value);
        if (cursor is not null)
        {
            if (!Cursor.TryRead(cursor, Mine, out var position)
                || position.Split(' ') is not [var state, var id]
                || state is not (Open or Closed)
                || !Guid.TryParse(id, out var after))
            {
                return Problem.Of(ProblemCodes.InvalidCursor, "Start again without a cursor.");
            }

            query = state == Closed
                ? query.Where(account => account.Status == Closed && account.Id > after)
                : query.Where(account => account.Status == Closed || account.Id > after);
        }

        var rows = await query.OrderBy(account => account.Status == Closed).ThenBy(account => account.Id)
            .Take(limit + 1).ToListAsync(cancellationToken);
        var next = rows.Count > limit
            ? Cursor.Write(Mine, $"{(rows[limit - 1].Status == Closed ? Closed : Open)} {rows[limit - 1].Id}")
            : null;
        return TypedResults.Ok(new Page<AccountResponse>([.. rows.Take(limit).Select(AccountResponse.From)], next));
    }

    public static async Task<Results<Ok<Page<AccountResponse>>, ProblemHttpResult>> ListAsync(AccountsDbContext db, CancellationToken cancellationToken, string? cursor = null, int limit = Cursor.DefaultLimit)
    {
        if (limit is < 1 or > Cursor.MaxLimit) return Problem.Invalid("limit", $"From 1 to {Cursor.MaxLimit}.");
        var query = db.Holders();
        if (cursor is not null)
        {
            if (!Cursor.TryRead(cursor, "accounts", out var position) || !Guid.TryParse(position, out var after)) return Problem.Of(ProblemCodes.InvalidCursor, "Start again without a cursor.");
            query = query.Where(account => account.Id < after);
        }

        var rows = await query.OrderByDescending(account => account.Id).Take(limit + 1).ToListAsync(cancellationToken);
        var next = rows.Count > limit ? Cursor.Write("accounts", rows[limit - 1].Id.ToString()) : null;
        return TypedResults.Ok(new Page<AccountResponse>([.. rows.Take(limit).Select(AccountResponse.From)], next));
    }

    private static Results<Ok<AccountResponse>, ProblemHttpResult> Answer(AccountRow? row) => row is null ? AccountsApi.NotFound() : TypedResults.Ok(AccountResponse.From(row));
}
