using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Paging;
using PayFlow.ServiceDefaults.Problems;
using PayFlow.Transactions.Data;

namespace PayFlow.Transactions.Holds;

/// <summary><c>GET /holds</c>: what the caller holds for others, or others hold for the caller; newest first.</summary>
public static class ListHolds
{
    /// <param name="Side"><c>payer</c> for what one holds for others, <c>payee</c> for what others hold.</param>
    public sealed record Query(
        string Side = "payer",
        string? Status = null,
        string? Cursor = null,
        int Limit = Cursor.DefaultLimit
    );

    public static async Task<Results<Ok<Page<HoldResponse>>, ProblemHttpResult>> HandleAsync(
        [AsParameters] Query query,
        Caller caller,
        TransactionsDbContext db,
        CancellationToken cancellationToken
    )
    {
        var errors = new FieldErrors()
            .AddIf(query.Limit is < 1 or > Cursor.MaxLimit, "limit", $"Must be from 1 to {Cursor.MaxLimit}.")
            .AddIf(query.Side is not ("payer" or "payee"), "side", "Must be payer or payee.")
            .AddIf(
                query.Status is { } word
                    && (
                        !EnumNames.TryParse<HoldStatus>(word, out var status)
                        || status is HoldStatus.Pending or HoldStatus.Failed
                    ),
                "status",
                "Must be open, captured, released or expired."
            );
        if (errors.Any)
            return errors.ToProblem();
        var party = caller.PartyId.Value;
        var holds = db.Holds.AsNoTracking();
        holds =
            query.Side == "payer"
                ? holds.Where(hold => hold.FromOwner == party)
                : holds.Where(hold => hold.ToOwner == party);
        if (query.Status is { } asked)
            holds = holds.Where(hold => hold.Status == asked);
        var list = $"holds {party} {query.Side} {query.Status}";
        if (query.Cursor is not null)
        {
            if (!Cursor.TryRead(query.Cursor, list, out var position) || !Guid.TryParse(position, out var after))
                return Problem.Of(ProblemCodes.InvalidCursor, "Remove the cursor to read the list from its start.");
            holds = holds.Where(hold => hold.Id < after);
        }

        var rows = await holds
            .OrderByDescending(hold => hold.Id)
            .Take(query.Limit + 1)
            .Join(db.Transactions, hold => hold.Id, made => made.Id, (hold, made) => new { hold, made })
            .OrderByDescending(row => row.hold.Id)
            .ToListAsync(cancellationToken);
        return TypedResults.Ok(
            new Page<HoldResponse>(
                [.. rows.Take(query.Limit).Select(row => HoldResponse.From(row.made, row.hold))],
                rows.Count > query.Limit ? Cursor.Write(list, rows[query.Limit - 1].hold.Id.ToString()) : null
            )
        );
    }
}
