using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using PayFlow.Accounts.Data;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Monetary;
using PayFlow.ServiceDefaults.Problems;

namespace PayFlow.Accounts.Accounts;

/// <summary><c>GET /accounts/{id}/balance</c>, now or <c>?at=</c> any instant that has passed; 0 before the account was opened.</summary>
public static class GetBalance
{
    /// <param name="Held">Null in the past: holds are not kept by instant.</param>
    public sealed record Response(string Balance, string? Held, string? Available, string Currency, long? Version, long EntrySeq, DateTimeOffset AsOf);

    public static async Task<Results<Ok<Response>, ProblemHttpResult>> HandleAsync(AccountId id, Caller caller, AccountsDbContext db, TimeProvider clock, CancellationToken cancellationToken, string? at = null)
    {
        var now = clock.GetUtcNow();
        var instant = now;
        if (at is not null && !DateTimeOffset.TryParse(at, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out instant)) return Problem.Invalid("at", "An ISO 8601 instant such as 2026-01-31T18:30:00Z.");
        if (instant > now) return Problem.Invalid("at", "The future is not known.");
        if (await db.VisibleTo(caller).SingleOrDefaultAsync(account => account.Id == id.Value, cancellationToken) is not { } row) return AccountsApi.NotFound();
        var currency = Currency.Parse(row.Currency);
        if (at is null)
        {
            return TypedResults.Ok(new Response(Money.Format(row.Balance, currency), Money.Format(row.Held, currency), Money.Format(row.Balance - row.Held, currency), row.Currency, row.Version, row.EntrySeq, now));
        }

        var last = await db.Entries.AsNoTracking().Where(entry => entry.AccountId == id.Value && entry.PostedAt <= instant).OrderByDescending(entry => entry.EntrySeq).FirstOrDefaultAsync(cancellationToken);
        return TypedResults.Ok(new Response(Money.Format(last?.Balance ?? 0, currency), null, null, row.Currency, null, last?.EntrySeq ?? 0, instant));
    }
}
