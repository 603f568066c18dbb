using System.Collections.Concurrent;
using Npgsql;
using PayFlow.ServiceDefaults.Connections;
using PayFlow.ServiceDefaults.Http;
using static PayFlow.ServiceDefaults.Connections.SqlArrays;

namespace PayFlow.Transactions.Lifecycle;

/// <summary>
/// Requests that wait for a transaction's end. The saga wakes them in this process at once; an end that another replica
/// recorded is found by looking, often while somebody waits: half of all, where there are two.
/// </summary>
public sealed class TransactionWaiters(
    NpgsqlDataSource database,
    TimeProvider clock,
    ILogger<TransactionWaiters> logger
) : DatabaseRounds(LookInterval, clock, logger)
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(Preference.MaxWaitSeconds);

    private sealed record Waiting(TaskCompletionSource Ended, DateTimeOffset Since);

    private readonly ConcurrentDictionary<Guid, Waiting> _waiting = new();

    /// <summary>Subscribe first, then read the state, then await: no end is missed in between.</summary>
    public Task Subscribe(Guid id) =>
        _waiting
            .GetOrAdd(
                id,
                _ => new Waiting(
                    new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously),
                    Clock.GetUtcNow()
                )
            )
            .Ended.Task;

    public void Ended(Guid id)
    {
        if (_waiting.TryRemove(id, out var waiting))
            waiting.Ended.TrySetResult();
    }

    protected override async Task RoundAsync(CancellationToken cancellationToken)
    {
        // The request has been answered by now, and a later request subscribes again.
        var gone = Clock.GetUtcNow() - MaxWait - LookInterval;
        foreach (var (id, waiting) in _waiting)
        {
            if (waiting.Since < gone)
                Ended(id);
        }

        // By then the saga would have woken it, were it this one's and nothing in its way.
        var young = Clock.GetUtcNow() - LookInterval;
        Guid[] late = [.. _waiting.Where(pair => pair.Value.Since <= young).Select(pair => pair.Key)];
        if (late.Length == 0)
            return;
        foreach (var id in await EndedAsync(late, cancellationToken))
            Ended(id);
    }

    private async Task<List<Guid>> EndedAsync(Guid[] ids, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            "select id from transactions where id = any($1) and status <> 'pending'"
        );
        command.Parameters.Add(Value(ids));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var ended = new List<Guid>();
        while (await reader.ReadAsync(cancellationToken))
            ended.Add(reader.GetGuid(0));
        return ended;
    }
}
