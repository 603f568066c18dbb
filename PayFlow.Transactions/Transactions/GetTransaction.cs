using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.Transactions.Data;

namespace PayFlow.Transactions.Transactions;

/// <summary><c>GET /transactions/{id}</c>: a transaction with its timeline.</summary>
public static class GetTransaction
{
    private static readonly Func<TransactionsDbContext, Guid, CancellationToken, Task<TransactionRow?>> ById =
        EF.CompileAsyncQuery((TransactionsDbContext db, Guid id, CancellationToken _) => db.Transactions.AsNoTracking().SingleOrDefault(row => row.Id == id));

    public static async Task<Results<Ok<TransactionResponse>, ProblemHttpResult>> HandleAsync(TransactionId id, TransactionsDbContext db, CancellationToken cancellationToken) =>
        await ReadAsync(db, id, cancellationToken) is { } found ? TypedResults.Ok(found) : TransactionsApi.NotFound();

    public static async Task<TransactionResponse?> ReadAsync(TransactionsDbContext db, TransactionId id, CancellationToken cancellationToken) =>
        await ById(db, id.Value, cancellationToken) is { } row && row.TenantId == TenantId.Default.Value ? TransactionResponse.From(row, withTimeline: true) : null;
}
