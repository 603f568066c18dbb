using Npgsql;
using PayFlow.ServiceDefaults.Connections;
using static PayFlow.ServiceDefaults.Connections.SqlArrays;

namespace PayFlow.Transactions.Lifecycle;

/// <summary>
/// Counts accepted transactions that have not ended and do not wait for an answer from outside. Intake is faster than
/// the ledger, so beyond <see cref="BacklogLimit"/> new payments get 429: what was accepted still ends soon.
/// </summary>
public sealed class Backlog(NpgsqlDataSource database, TimeProvider clock, ILogger<Backlog> logger)
    : DatabaseRounds(TimeSpan.FromMilliseconds(500), clock, logger)
{
    private readonly BacklogLimit _limit = new();
    private (DateTimeOffset At, int Pending) _last;
    private volatile int _most = BacklogLimit.Max;
    private int _pending;

    public bool IsFull => Volatile.Read(ref _pending) >= _most;

    public void Accepted(int transactions) => Interlocked.Add(ref _pending, transactions);

    public void Ended(int transactions) => Interlocked.Add(ref _pending, -transactions);

    protected override async Task RoundAsync(CancellationToken cancellationToken)
    {
        // Other replicas accept and end as well, so the database's count replaces our own now and then. What is
        // accepted or ended during a count is missed until the next one: a few transactions, where the limit is
        // thousands.
        await using var count = database.CreateCommand(
            """
            select count(*)::int, coalesce(extract(epoch from now() - min(created_at)), 0)::float8,
                   (count(*) filter (where created_at <= $1))::int, now()
            from pending_transactions where not waits_outside
            """
        );
        count.Parameters.Add(Value(_last.At));
        await using var reader = await count.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var (pending, now) = (
            reader.GetInt32(0),
            await reader.GetFieldValueAsync<DateTimeOffset>(3, cancellationToken)
        );
        Volatile.Write(ref _pending, pending);
        _limit.Measure(_last.Pending, reader.GetInt32(2), now - _last.At);
        _most = _limit.Current;
        _last = (now, pending);
        TransferMetrics.Pending.Record(pending);
        TransferMetrics.PendingLimit.Record(_most);
        TransferMetrics.PendingAge.Record(Math.Max(0, reader.GetDouble(1)));
    }
}
