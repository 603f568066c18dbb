using System.Collections.Concurrent;
using Npgsql;
using PayFlow.ServiceDefaults.Audit;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Messaging;
using PayFlow.ServiceDefaults.Monetary;
using PayFlow.Transactions.Saga;
using PayFlow.Transactions.Transactions;
using static PayFlow.ServiceDefaults.Connections.SetBased;

namespace PayFlow.Transactions.Intake;

/// <summary>
/// Gathers concurrent requests into one commit: whatever waits is written at once, each transaction with its idempotency key and
/// its first command. The unique key decides who was first; a request answers only after its commit.
/// </summary>
public sealed class IntakeWriter(NpgsqlDataSource database, Outbox outbox, AuditLog audit, Backlog backlog, ILogger<IntakeWriter> logger) : BackgroundService
{
    public const string Operation = "transfer";

    private const int MaxBatch = 1000;
    private const int MaxAttempts = 5;

    private sealed record Waiting(Transfer Transfer, TaskCompletionSource<IntakeOutcome> Answer);

    private readonly BlockingCollection<Waiting> _queue = new(8 * MaxBatch);

    /// <summary>Completes once the transfer is committed, or known not to be.</summary>
    public Task<IntakeOutcome> AcceptAsync(Transfer transfer)
    {
        var waiting = new Waiting(transfer, new TaskCompletionSource<IntakeOutcome>(TaskCreationOptions.RunContinuationsAsynchronously));
        return !backlog.IsFull && _queue.TryAdd(waiting) ? waiting.Answer.Task : Task.FromResult<IntakeOutcome>(new IntakeOutcome.Busy());
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        // A thread of its own with synchronous commands: cheaper here, and it never waits for the pool.
        Task.Factory.StartNew(() => Run(stoppingToken), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    public override void Dispose()
    {
        base.Dispose();
        _queue.Dispose();
    }

    private void Run(CancellationToken stopping)
    {
        var batch = new List<Waiting>(MaxBatch);
        try
        {
            while (true)
            {
                batch.Add(_queue.Take(stopping));
                while (batch.Count < MaxBatch && _queue.TryTake(out var waiting)) batch.Add(waiting);
                Write(batch);
                batch.Clear();
            }
        }
        catch (OperationCanceledException)
        {
            // What came too late for a batch is not written, and is told so.
            while (_queue.TryTake(out var late)) late.Answer.SetResult(new IntakeOutcome.Unknown());
        }
    }

    private void Write(List<Waiting> batch)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                WriteOnce(batch);
                return;
            }
            catch (PostgresException passing) when (passing.SqlState is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure && attempt < MaxAttempts)
            {
                logger.LogInformation("An intake of {Transfers} runs again: {Reason}", batch.Count, passing.MessageText);
            }
            catch (PostgresException stuck) when (batch.Count > 1)
            {
                // One request waits for its twin in another replica, or cannot be written at all: the others must not suffer.
                logger.LogWarning("An intake of {Transfers} is written one by one: {Reason}", batch.Count, stuck.MessageText);
                foreach (var waiting in batch) Write([waiting]);
                return;
            }
            catch (PostgresException stuck) when (stuck.SqlState == PostgresErrorCodes.LockNotAvailable)
            {
                batch[0].Answer.SetResult(new IntakeOutcome.InProgress());
                return;
            }
            catch (Exception failure)
            {
                logger.LogError(failure, "An intake of {Transfers} failed", batch.Count);
                foreach (var waiting in batch) waiting.Answer.TrySetResult(new IntakeOutcome.Unknown());
                return;
            }
        }
    }

    private void WriteOnce(List<Waiting> batch)
    {
        // The first of each key is written, in key order, so that two replicas never wait for each other.
        var firsts = batch.GroupBy(waiting => (waiting.Transfer.From.AccountId, waiting.Transfer.Key)).Select(twins => twins.First())
            .OrderBy(waiting => waiting.Transfer.From.AccountId.Value).ThenBy(waiting => waiting.Transfer.Key, StringComparer.Ordinal).ToList();
        var known = new Dictionary<(AccountId, string), (TransactionId Id, byte[] Fingerprint)>(batch.Count);
        using var connection = database.OpenConnection();
        using var transaction = connection.BeginTransaction();
        var fresh = Insert(connection, transaction, firsts);
        foreach (var written in firsts.Where(waiting => fresh.Contains(waiting.Transfer.Id.Value))) known[(written.Transfer.From.AccountId, written.Transfer.Key)] = (written.Transfer.Id, written.Transfer.Fingerprint);

        using var trail = audit.NewTrail();
        var events = outbox.NewBatch();
        foreach (var (transfer, _) in firsts)
        {
            if (fresh.Contains(transfer.Id.Value)) events.Add(Initiated(transfer), transfer.TraceParent);
        }

        if (!events.IsEmpty)
        {
            trail.Add(TransactionsAudit.Of([.. firsts.Select(waiting => waiting.Transfer).Where(transfer => fresh.Contains(transfer.Id.Value))]));
            using var write = new NpgsqlBatch(connection, transaction);
            trail.AddTo(write);
            outbox.AddTo(write, events);
            write.ExecuteNonQuery();
        }

        if (fresh.Count < firsts.Count) ReadWinners(connection, transaction, firsts.FindAll(waiting => !fresh.Contains(waiting.Transfer.Id.Value)), known);
        transaction.Commit();
        trail.Committed();
        outbox.Committed(events);
        backlog.Accepted(fresh.Count);
        TransferMetrics.Accepted.Add(fresh.Count);

        foreach (var (transfer, answer) in batch)
        {
            var (id, fingerprint) = known[(transfer.From.AccountId, transfer.Key)];
            answer.SetResult(id == transfer.Id ? new IntakeOutcome.Accepted()
                : fingerprint.AsSpan().SequenceEqual(transfer.Fingerprint) ? new IntakeOutcome.Replayed(id)
                : new IntakeOutcome.KeyReused());
        }
    }

    private static HashSet<Guid> Insert(NpgsqlConnection connection, NpgsqlTransaction transaction, List<Waiting> rows)
    {
        using var batch = new NpgsqlBatch(connection, transaction)
        {
            BatchCommands =
            {
                // A twin in another replica is waited for this long; see Write.
                new NpgsqlBatchCommand("set local lock_timeout = '2s'"),
                SetBasedInsert(rows),
            },
        };
        var fresh = new HashSet<Guid>(rows.Count);
        using var reader = batch.ExecuteReader();
        while (reader.Read()) fresh.Add(reader.GetGuid(0));
        return fresh;
    }

    private static NpgsqlBatchCommand SetBasedInsert(List<Waiting> rows) => Command(
        """
        insert into transactions (id, tenant_id, type, status, from_account, from_owner, from_name, from_handle, to_account, to_owner, to_name, to_handle,
                                  amount, fee, currency, note, external_reference, metadata, refunded_amount, channel, leg,
                                  idempotency_scope, operation, idempotency_key, fingerprint, created_at, expires_at)
        select id, $18, 'transfer', 'pending', f, fo, fn, fh, t, towner, tn, th, amount, 0, currency, note, reference, metadata::jsonb, 0, 'api', 1, f, 'transfer', key, print, created, expires
        from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $19)
             v(id, f, fo, fn, fh, t, towner, tn, th, amount, currency, note, reference, metadata, key, print, created, expires)
        on conflict (tenant_id, idempotency_scope, operation, idempotency_key) do nothing
        returning id
        """,
        Column(rows, row => row.Transfer.Id.Value),
        Column(rows, row => row.Transfer.From.AccountId.Value),
        Column(rows, row => row.Transfer.From.OwnerId.Value),
        Column(rows, row => row.Transfer.From.HolderName),
        Column(rows, row => row.Transfer.From.Handle),
        Column(rows, row => row.Transfer.To.AccountId.Value),
        Column(rows, row => row.Transfer.To.OwnerId.Value),
        Column(rows, row => row.Transfer.To.HolderName),
        Column(rows, row => row.Transfer.To.Handle),
        Column(rows, row => row.Transfer.Amount),
        Column(rows, row => row.Transfer.Currency),
        Column(rows, row => row.Transfer.Note),
        Column(rows, row => row.Transfer.ExternalReference),
        Column(rows, row => row.Transfer.Metadata),
        Column(rows, row => row.Transfer.Key),
        Column(rows, row => row.Transfer.Fingerprint),
        Column(rows, row => row.Transfer.CreatedAt),
        Value(TenantId.Default.Value),
        Column(rows, row => row.Transfer.ExpiresAt));

    private static void ReadWinners(
        NpgsqlConnection connection, NpgsqlTransaction transaction, List<Waiting> losers, Dictionary<(AccountId Account, string Key), (TransactionId Id, byte[] Fingerprint)> known)
    {
        using var read = new NpgsqlCommand(
            """
            select t.idempotency_scope, t.idempotency_key, t.id, t.fingerprint from unnest($1, $2) v(scope, key)
            join transactions t on t.tenant_id = $3 and t.idempotency_scope = v.scope and t.operation = 'transfer' and t.idempotency_key = v.key
            """,
            connection,
            transaction)
        {
            Parameters = { Column(losers, row => row.Transfer.From.AccountId.Value), Column(losers, row => row.Transfer.Key), Value(TenantId.Default.Value) },
        };
        using var reader = read.ExecuteReader();
        while (reader.Read()) known[(new AccountId(reader.GetGuid(0)), reader.GetString(1))] = (new TransactionId(reader.GetGuid(2)), reader.GetFieldValue<byte[]>(3));
    }

    private static TransactionInitiated Initiated(Transfer transfer) => new(
        TenantId.Default,
        transfer.Id,
        transfer.From.AccountId,
        transfer.To.AccountId,
        Money.Format(transfer.Amount, Currency.Parse(transfer.Currency)),
        transfer.Currency,
        transfer.CreatedAt,
        transfer.ExpiresAt);
}
