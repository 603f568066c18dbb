using System.Collections.Concurrent;
using Confluent.Kafka;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using PayFlow.ServiceDefaults.Connections;
using static PayFlow.ServiceDefaults.Connections.SqlArrays;

namespace PayFlow.ServiceDefaults.Messaging;

/// <summary>
/// Publishes outbox rows: those of this process after their commit, and abandoned ones by a sweep. A row is published
/// when the broker has acknowledged all its messages; until then it is sent again. A full queue or an outage loses
/// nothing, because the rows stay in the database.
/// </summary>
public sealed class OutboxRelay(
    OutboxQueue queue,
    MessageSender sender,
    NpgsqlDataSource database,
    PartitionBudget budget,
    TimeProvider clock,
    IOptions<MessagingOptions> options,
    ILogger<OutboxRelay> logger
) : BackgroundService
{
    private const int SweepRows = 200;

    private readonly ConcurrentQueue<(Guid Row, string Broker)> _acknowledged = new();
    private readonly SemaphoreSlim _sweepNow = new(0, 1);
    private readonly TaskCompletionSource _isBrokerKnown = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Rows with a layout that this version cannot read are skipped. Another version may publish them.
    private readonly HashSet<Guid> _unreadable = [];

    private volatile string _broker = "";

    /// <summary>
    /// Sets the broker, before which nothing is sent. Messages in flight while the broker changed are marked as
    /// published to the old broker, so that they are published again.
    /// </summary>
    internal void PublishTo(string broker)
    {
        _broker = broker;
        _isBrokerKnown.TrySetResult();
    }

    /// <summary>Starts the sweep now rather than at its next interval.</summary>
    internal void SweepSoon()
    {
        if (_sweepNow.CurrentCount == 0)
            _sweepNow.Release();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await _isBrokerKnown.Task.WaitAsync(stoppingToken);
            await Task.WhenAll(PublishCommittedAsync(stoppingToken), SweepAsync(stoppingToken));
        }
        finally
        {
            // Mark acknowledged rows before the end, to avoid harmless duplicates after a restart.
            await MarkPublishedAsync(CancellationToken.None);
        }
    }

    private async Task PublishCommittedAsync(CancellationToken stoppingToken)
    {
        await foreach (var batch in queue.Reader.ReadAllAsync(stoppingToken))
        {
            await budget.WaitForRoomAsync(batch, stoppingToken);
            // Not awaited, so that the next batch follows at once. After a failure the sweep publishes the row.
            var broker = _broker;
            Send(
                batch,
                (sent, delivered) =>
                {
                    if (delivered)
                        _acknowledged.Enqueue((sent.Id, broker));
                    else
                        logger.LogWarning("Outbox row {Row} was not acknowledged; the sweep sends it again", sent.Id);
                }
            );
        }
    }

    private async Task SweepAsync(CancellationToken stoppingToken)
    {
        // At start, publish what the previous process left, whatever its age.
        var age = TimeSpan.Zero;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await MarkPublishedAsync(stoppingToken);
                if (await SweepOnceAsync(age, stoppingToken))
                    continue;
                age = options.Value.SweepAfter;
            }
            catch (Exception failure) when (failure is KafkaException || failure.IsOfDatabase())
            {
                logger.LogWarning("The outbox sweep failed and will be repeated: {Reason}", failure.Message);
            }

            using var timer = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            var wait = _sweepNow.WaitAsync(timer.Token);
            if (await Task.WhenAny(wait, Task.Delay(options.Value.SweepInterval, clock, timer.Token)) == wait)
                age = TimeSpan.Zero;
            await timer.CancelAsync();
        }
    }

    /// <returns>True where there may be more.</returns>
    private async Task<bool> SweepOnceAsync(TimeSpan age, CancellationToken cancellationToken)
    {
        await using var transaction = new DatabaseTransaction(await database.OpenConnectionAsync(cancellationToken));
        var rows = new List<OutboxBatch>();
        await using (
            var select = new NpgsqlBatch(transaction.Connection)
            {
                BatchCommands =
                {
                    // The statement may wait for the broker; other replicas skip its locked rows.
                    Command("set local idle_in_transaction_session_timeout = 0"),
                    // Replicas share the work: a row that another one is sending is skipped. While the row names no
                    // broker nothing counts as published, and each sweep would send the same. A time that the database
                    // has not reached yet tells no age: such a row goes at once.
                    Command(
                        """
                        select id, payload from outbox
                        where published_at is null and created_at not between now() - $1 and now() + interval '1 second'
                          and id <> all($3) and (select identity from broker where id = 1) <> ''
                        order by id limit $2 for update skip locked
                        """,
                        Value(age),
                        Value(SweepRows),
                        Value(_unreadable.ToArray())
                    ),
                },
            }
        )
        await using (var reader = await select.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
                Take(rows, reader.GetGuid(0), await reader.GetFieldValueAsync<byte[]>(1, cancellationToken));
        }

        if (rows.Count == 0)
            return false;
        var broker = _broker;
        var outcomes = new List<Task<Guid?>>();
        foreach (var row in rows)
        {
            await budget.WaitForRoomAsync(row, cancellationToken);
            var outcome = new TaskCompletionSource<Guid?>(TaskCreationOptions.RunContinuationsAsynchronously);
            Send(row, (sent, delivered) => outcome.SetResult(delivered ? sent.Id : null));
            outcomes.Add(outcome.Task);
        }

        var delivered = (await Task.WhenAll(outcomes)).OfType<Guid>().ToArray();
        var marked = await UpdatePublishedAsync(transaction.Connection, delivered, broker, cancellationToken);
        MessagingMetrics.Swept.Add(marked);
        await transaction.CommitAsync(cancellationToken);
        if (delivered.Length < rows.Count)
            logger.LogWarning(
                "The broker did not acknowledge {Rows} outbox rows; they stay unpublished",
                rows.Count - delivered.Length
            );
        return marked == SweepRows;
    }

    private void Take(List<OutboxBatch> rows, Guid id, byte[] payload)
    {
        try
        {
            rows.Add(OutboxBatch.Decode(id, payload));
        }
        catch (InvalidDataException unreadable)
        {
            _unreadable.Add(id);
            logger.LogError(unreadable, "An outbox row is not published: {Row}", id);
        }
    }

    private void Send(OutboxBatch batch, Action<OutboxBatch, bool> done)
    {
        var (left, failed) = (batch.Messages.Count, 0);
        foreach (var message in batch.Messages)
        {
            try
            {
                sender.Send(message, Delivered);
            }
            catch (ProduceException<string, byte[]> refused)
            {
                logger.LogWarning("{Topic} took no message: {Reason}", message.Topic, refused.Error.Reason);
                Delivered(false);
            }
        }

        void Delivered(bool acknowledged)
        {
            if (acknowledged)
                MessagingMetrics.Published.Add(1);
            else
                Interlocked.Increment(ref failed);
            if (Interlocked.Decrement(ref left) == 0)
                done(batch, failed == 0);
        }
    }

    private async Task MarkPublishedAsync(CancellationToken cancellationToken)
    {
        if (_acknowledged.IsEmpty)
            return;
        var rows = new List<(Guid Row, string Broker)>();
        while (_acknowledged.TryDequeue(out var row))
            rows.Add(row);
        try
        {
            await using var connection = await database.OpenConnectionAsync(cancellationToken);
            foreach (var sent in rows.GroupBy(row => row.Broker, row => row.Row, StringComparer.Ordinal))
                await UpdatePublishedAsync(connection, [.. sent], sent.Key, cancellationToken);
        }
        catch (Exception failure) when (failure is OperationCanceledException || failure.IsOfDatabase())
        {
            rows.ForEach(_acknowledged.Enqueue);
            logger.LogDebug("Marking {Rows} published rows waits: {Reason}", rows.Count, failure.Message);
        }
    }

    /// <summary>
    /// Marks rows as published unless the broker has changed: their messages may be in neither broker. A new broker is
    /// recorded under the same row lock before published events are sent again.
    /// </summary>
    /// <returns>How many were marked.</returns>
    private static async Task<int> UpdatePublishedAsync(
        NpgsqlConnection connection,
        Guid[] rows,
        string broker,
        CancellationToken cancellationToken
    )
    {
        await using var update = new NpgsqlCommand(
            """
            update outbox set published_at = now() where id = any($1)
              and (select identity from broker where id = 1 for share) = $2
            """,
            connection
        )
        {
            Parameters = { Value(rows), Value(broker) },
        };
        return await update.ExecuteNonQueryAsync(cancellationToken);
    }
}
