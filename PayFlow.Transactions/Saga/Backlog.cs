using Npgsql;
using PayFlow.ServiceDefaults.Connections;

namespace PayFlow.Transactions.Saga;

/// <summary>
/// How many accepted transactions have not ended. Intake outruns the ledger several times over, so beyond a limit new payments
/// are turned away at the door with 429: what was accepted still ends soon.
/// </summary>
public sealed class Backlog(NpgsqlDataSource database, TimeProvider clock, ILogger<Backlog> logger) : DatabaseRounds(TimeSpan.FromMilliseconds(500), clock, logger)
{
    public const int Limit = 20_000;

    private int _pending;

    public bool IsFull => Volatile.Read(ref _pending) >= Limit;

    public void Accepted(int transactions) => Interlocked.Add(ref _pending, transactions);

    public void Ended(int transactions) => Interlocked.Add(ref _pending, -transactions);

    protected override async Task RoundAsync(CancellationToken cancellationToken)
    {
        // Other replicas accept and end as well, so the database's count replaces our own now and then. What is accepted or ended
        // during a count is missed until the next one: a few transactions, where the limit is thousands.
        await using var count = database.CreateCommand("select count(*)::int, coalesce(extract(epoch from now() - min(created_at)), 0)::float8 from pending_transactions");
        await using var reader = await count.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        Volatile.Write(ref _pending, reader.GetInt32(0));
        TransferMetrics.Pending.Record(_pending);
        TransferMetrics.PendingAge.Record(Math.Max(0, reader.GetDouble(1)));
    }
}
