using Npgsql;

namespace PayFlow.ServiceDefaults.Connections;

/// <summary>
/// A connection with a transaction, for what has neither events nor audit rows. Everything else is a unit of work.
/// Disposal without a commit rolls back.
/// </summary>
internal sealed class DatabaseTransaction : IDisposable, IAsyncDisposable
{
    private readonly NpgsqlTransaction _transaction;

    /// <param name="connection">Open; it is disposed of with the transaction, also where that cannot begin.</param>
    public DatabaseTransaction(NpgsqlConnection connection)
    {
        Connection = connection;
        try
        {
            // This sends nothing: the first statement carries it.
#pragma warning disable RS0030 // This is the one place.
            _transaction = connection.BeginTransaction();
#pragma warning restore RS0030
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public NpgsqlConnection Connection { get; }

    /// <summary>A batch within the transaction.</summary>
    public NpgsqlBatch NewBatch() => new(Connection, _transaction);

    public void Commit() => _transaction.Commit();

    public Task CommitAsync(CancellationToken cancellationToken) => _transaction.CommitAsync(cancellationToken);

    public void Dispose()
    {
        _transaction.Dispose();
        Connection.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await _transaction.DisposeAsync();
        await Connection.DisposeAsync();
    }
}
