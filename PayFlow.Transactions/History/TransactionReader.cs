using Microsoft.EntityFrameworkCore;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.Transactions.Data;
using PayFlow.Transactions.Lifecycle;

namespace PayFlow.Transactions.History;

/// <summary>Reads one transaction as clients see it. Who may see it is the caller's to decide.</summary>
public sealed class TransactionReader(TransactionsDbContext db, TransactionKinds kinds)
{
    private static readonly Func<TransactionsDbContext, Guid, CancellationToken, Task<TransactionRow?>> ById =
        EF.CompileAsyncQuery(
            (TransactionsDbContext db, Guid id, CancellationToken _) =>
                db.Transactions.AsNoTracking().SingleOrDefault(row => row.Id == id)
        );

    /// <returns>Null where the tenant has no such transaction.</returns>
    public Task<TransactionRow?> FindRowAsync(TransactionId id, CancellationToken cancellationToken) =>
        ById(db, id.Value, cancellationToken);

    /// <returns>Null where the tenant has no such transaction.</returns>
    public async Task<TransactionResponse?> FindAsync(TransactionId id, CancellationToken cancellationToken) =>
        await FindRowAsync(id, cancellationToken) is { } row ? Show(row) : null;

    public TransactionResponse Show(TransactionRow row) => TransactionResponse.From(row, kinds, withTimeline: true);
}
