using Npgsql;
using PayFlow.ServiceDefaults.AuditChain;
using PayFlow.ServiceDefaults.Connections;
using PayFlow.ServiceDefaults.Messaging;

namespace PayFlow.ServiceDefaults.Commits;

/// <summary>A unit of work on a connection of its own, for set-based statements.</summary>
public sealed class BatchUnitOfWork : UnitOfWork, IDisposable
{
    private readonly DatabaseTransaction _transaction;

    /// <param name="connection">Open; the unit of work disposes of it, also where it cannot begin.</param>
    internal BatchUnitOfWork(NpgsqlConnection connection, Outbox outbox, AuditLanes lanes, TimeProvider clock)
        : base(outbox, lanes, clock)
    {
        _transaction = new DatabaseTransaction(connection);
        Write = _transaction.NewBatch();
    }

    /// <summary>For what is read or locked before the commit; all of its commands run in the transaction.</summary>
    public NpgsqlConnection Connection => _transaction.Connection;

    /// <summary>Statements that the commit runs, in one round trip with it. Do not run it yourself.</summary>
    public NpgsqlBatch Write { get; }

    /// <summary>Runs <see cref="Write"/> with the audit rows and the events, and commits.</summary>
    /// <param name="check">
    /// Runs between the statements and the commit, which then takes a round trip of its own. Its exception prevents
    /// the commit.
    /// </param>
    public void Commit(Action? check = null)
    {
        BeginCommit();
        AddRows();
        if (check is null)
            Write.BatchCommands.Add(SqlArrays.Commit());
        if (Write.BatchCommands.Count > 0)
            Write.ExecuteNonQuery();
        if (check is not null)
        {
            check();
            _transaction.Commit();
        }

        Committed();
    }

    /// <summary>Runs <see cref="Write"/> with the audit rows and the events, and commits.</summary>
    public async Task CommitAsync(CancellationToken cancellationToken)
    {
        BeginCommit();
        AddRows();
        Write.BatchCommands.Add(SqlArrays.Commit());
        await Write.ExecuteNonQueryAsync(cancellationToken);
        Committed();
    }

    /// <summary>Rolls back where there was no commit.</summary>
    public void Dispose()
    {
        Write.Dispose();
        _transaction.Dispose();
    }

    /// <summary>Rolls back where there was no commit.</summary>
    public override async ValueTask DisposeAsync()
    {
        await Write.DisposeAsync();
        await _transaction.DisposeAsync();
    }

    private void AddRows()
    {
        Trail.AddTo(Write);
        if (HasEvents)
            Write.BatchCommands.Add(Outbox.Insert(OutboxRow()));
    }
}
