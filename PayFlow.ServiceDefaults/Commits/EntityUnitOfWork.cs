using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using PayFlow.ServiceDefaults.AuditChain;
using PayFlow.ServiceDefaults.Messaging;

namespace PayFlow.ServiceDefaults.Commits;

/// <summary>A unit of work on a context.</summary>
public sealed class EntityUnitOfWork : UnitOfWork
{
    private readonly DbContext _db;
    private readonly IDbContextTransaction _transaction;

    internal EntityUnitOfWork(
        DbContext db,
        IDbContextTransaction transaction,
        Outbox outbox,
        AuditLanes lanes,
        TimeProvider clock
    )
        : base(outbox, lanes, clock) => (_db, _transaction) = (db, transaction);

    /// <summary>Saves the context's changes with the audit rows and the events, and commits.</summary>
    /// <exception cref="DbUpdateException">Nothing was saved; the context still tracks the changes.</exception>
    public async Task CommitAsync(CancellationToken cancellationToken)
    {
        BeginCommit();
        Trail.AddTo(_db);
        if (HasEvents)
            _db.Add(OutboxRow());
        await _db.SaveChangesAsync(cancellationToken);
        await _transaction.CommitAsync(cancellationToken);
        Committed();
    }

    /// <summary>Rolls back where there was no commit.</summary>
    public override ValueTask DisposeAsync() => _transaction.DisposeAsync();
}
