using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using PayFlow.Accounts.Data;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.Amounts;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Paging;
using PayFlow.ServiceDefaults.Problems;

namespace PayFlow.Accounts.Accounts;

/// <summary>
/// <c>GET /accounts/{id}/entries</c>: the account's postings, newest first, each with the running balance.
/// </summary>
public static class ListEntries
{
    public sealed record Entry(
        long EntrySeq,
        Guid TransactionId,
        short Leg,
        string Amount,
        string Balance,
        string Currency,
        DateTimeOffset PostedAt
    );

    public static async Task<Results<Ok<Page<Entry>>, ProblemHttpResult>> HandleAsync(
        AccountId id,
        Caller caller,
        AccountsDbContext db,
        CancellationToken cancellationToken,
        string? cursor = null,
        int limit = Cursor.DefaultLimit
    )
    {
        if (limit is < 1 or > Cursor.MaxLimit)
            return Problem.Invalid("limit", $"Must be from 1 to {Cursor.MaxLimit}.");
        var before = long.MaxValue;
        var list = $"entries of {id}";
        if (
            cursor is not null
            && (
                !Cursor.TryRead(cursor, list, out var position)
                || !long.TryParse(position, NumberStyles.None, CultureInfo.InvariantCulture, out before)
            )
        )
        {
            return Problem.Of(ProblemCodes.InvalidCursor, "Remove the cursor to read the list from its start.");
        }

        if (!await db.VisibleTo(caller).AnyAsync(account => account.Id == id.Value, cancellationToken))
            return AccountQueries.NotFound();
        var rows = await db
            .Entries.AsNoTracking()
            .Where(entry => entry.AccountId == id.Value && entry.EntrySeq < before)
            .OrderByDescending(entry => entry.EntrySeq)
            .Take(limit + 1)
            .ToListAsync(cancellationToken);
        var items = rows.Take(limit)
            .Select(row =>
            {
                var currency = Currency.Parse(row.Currency);
                return new Entry(
                    row.EntrySeq,
                    row.TransactionId,
                    row.Leg,
                    Money.Format(row.Amount, currency),
                    Money.Format(row.Balance, currency),
                    row.Currency,
                    row.PostedAt
                );
            })
            .ToList();
        return TypedResults.Ok(
            new Page<Entry>(
                items,
                rows.Count > limit
                    ? Cursor.Write(list, items[^1].EntrySeq.ToString(CultureInfo.InvariantCulture))
                    : null
            )
        );
    }
}
