using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Problems;
using PayFlow.Transactions.Data;

namespace PayFlow.Transactions.Holds;

/// <summary><c>GET /holds/{id}</c>: a hold, for its payer, its payee and staff.</summary>
public static class GetHold
{
    public static async Task<Results<Ok<HoldResponse>, ProblemHttpResult>> HandleAsync(
        TransactionId id,
        Caller caller,
        TransactionsDbContext db,
        CancellationToken cancellationToken
    )
    {
        var made = await db
            .Transactions.AsNoTracking()
            .SingleOrDefaultAsync(row => row.Id == id.Value && row.Type == HoldKind.Name, cancellationToken);
        var hold = await db.Holds.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id.Value, cancellationToken);
        // A hold that is not there yet, or never was, is the payer's alone.
        var isVisible =
            made is not null
            && (
                caller.ReadsAll
                || made.FromOwner == caller.PartyId.Value
                || (hold is not null && hold.ToOwner == caller.PartyId.Value)
            );
        return isVisible
            ? TypedResults.Ok(HoldResponse.From(made!, hold))
            : Problem.Of(HoldProblems.HoldNotFound, "Check the id and try again.");
    }
}
