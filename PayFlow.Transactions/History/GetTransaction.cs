using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Problems;
using PayFlow.Transactions.Data;
using PayFlow.Transactions.Lifecycle;

namespace PayFlow.Transactions.History;

/// <summary>
/// <c>GET /transactions/{id}</c>: a transaction with its timeline, for who paid it, who received it and staff.
/// </summary>
public static class GetTransaction
{
    private static readonly Func<TransactionsDbContext, Guid, CancellationToken, Task<TransactionRow?>> ById =
        EF.CompileAsyncQuery(
            (TransactionsDbContext db, Guid id, CancellationToken _) =>
                db.Transactions.AsNoTracking().SingleOrDefault(row => row.Id == id)
        );

    public static async Task<Results<Ok<TransactionResponse>, ProblemHttpResult>> HandleAsync(
        TransactionId id,
        Caller caller,
        TransactionsDbContext db,
        CancellationToken cancellationToken
    ) =>
        await ById(db, id.Value, cancellationToken) is { } row
        && row.TenantId == TenantId.Default.Value
        && IsVisible(row, caller)
            ? TypedResults.Ok(TransactionResponse.From(row, withTimeline: true))
            : NotFound();

    public static async Task<TransactionResponse?> ReadAsync(
        TransactionsDbContext db,
        TransactionId id,
        CancellationToken cancellationToken
    ) =>
        await ById(db, id.Value, cancellationToken) is { } row && row.TenantId == TenantId.Default.Value
            ? TransactionResponse.From(row, withTimeline: true)
            : null;

    private static ProblemHttpResult NotFound() =>
        Problem.Of(ProblemCodes.TransactionNotFound, "Check the id and try again.");

    /// <summary>A payment that has not arrived is the payer's alone.</summary>
    private static bool IsVisible(TransactionRow row, Caller caller) =>
        caller.ReadsAll
        || row.FromOwner == caller.PartyId.Value
        || (row.ToOwner == caller.PartyId.Value && row.Status == "completed");
}
