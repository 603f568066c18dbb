using Microsoft.EntityFrameworkCore;
using Npgsql;
using PayFlow.ServiceDefaults.AuditChain;
using PayFlow.ServiceDefaults.Messaging;

namespace PayFlow.ServiceDefaults.Commits;

/// <summary>
/// Begins every database transaction of the product; <c>eng/BannedSymbols.Transactions.txt</c> forbids another way.
/// </summary>
public sealed class UnitsOfWork(NpgsqlDataSource database, Outbox outbox, AuditLanes lanes, TimeProvider clock)
{
    public async Task<EntityUnitOfWork> BeginAsync(DbContext db, CancellationToken cancellationToken) =>
#pragma warning disable RS0030 // This is the one place.
        new(db, await db.Database.BeginTransactionAsync(cancellationToken), outbox, lanes, clock);
#pragma warning restore RS0030

    public async Task<BatchUnitOfWork> BeginBatchAsync(CancellationToken cancellationToken) =>
        new(await database.OpenConnectionAsync(cancellationToken), outbox, lanes, clock);

    public BatchUnitOfWork BeginBatch() => new(database.OpenConnection(), outbox, lanes, clock);
}
