using System.Collections.Concurrent;
using Npgsql;
using PayFlow.ServiceDefaults.Commits;
using PayFlow.ServiceDefaults.Connections;
using PayFlow.ServiceDefaults.Idempotency;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Messaging;
using PayFlow.Transactions.Confirmation;
using PayFlow.Transactions.Lifecycle;
using PayFlow.Transactions.Limits;
using static PayFlow.ServiceDefaults.Connections.SqlArrays;
using static PayFlow.ServiceDefaults.Tenancy.TenantSql;

namespace PayFlow.Transactions.Intake;

/// <summary>
/// Gathers concurrent requests into one commit. Each transaction is written with its idempotency key, its limit usage,
/// its used confirmation and its first command. A batch takes two round trips and the commit; a request is answered
/// after the commit.
/// </summary>
public sealed class IntakeWriter(UnitsOfWork units, Backlog backlog, ILogger<IntakeWriter> logger) : BackgroundService
{
    private const int MaxBatch = 1000;
    private const int MaxAttempts = 5;
    private const int KnownLimit = 200_000;

    private static readonly TimeSpan ForgetInterval = TimeSpan.FromMinutes(1);

    private sealed record Waiting(Transfer Transfer, TaskCompletionSource<IntakeOutcome> Answer);

    private readonly BatchPacer _pacer = new(TimeProvider.System);

    private readonly BlockingCollection<Waiting> _queue = new(8 * MaxBatch);

    // So that the usual payment asks the database nothing. Only the writer's thread is here.
    private readonly Dictionary<PayeePair, KnownPayee> _known = [];
    private DateTimeOffset _forgetAt;

    /// <summary>Completes once the transfer is committed, or known not to be.</summary>
    public Task<IntakeOutcome> AcceptAsync(Transfer transfer)
    {
        var waiting = new Waiting(
            transfer,
            new TaskCompletionSource<IntakeOutcome>(TaskCreationOptions.RunContinuationsAsynchronously)
        );
        return !backlog.IsFull && _queue.TryAdd(waiting)
            ? waiting.Answer.Task
            : Task.FromResult<IntakeOutcome>(new IntakeOutcome.Busy());
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        // A thread of its own with synchronous commands: cheaper here, and it never waits for the pool.
        Task.Factory.StartNew(
            () => Run(stoppingToken),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );

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
                if (_pacer.Wait is { Ticks: > 0 } wait)
                    stopping.WaitHandle.WaitOne(wait);
                while (batch.Count < MaxBatch && _queue.TryTake(out var waiting))
                    batch.Add(waiting);
                _pacer.Begin(batch.Count);
                Write(batch);
                batch.Clear();
            }
        }
        catch (OperationCanceledException)
        {
            // Requests that came too late for a batch are not written and get an error.
            while (_queue.TryTake(out var late))
                late.Answer.SetResult(new IntakeOutcome.Unknown());
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
            // A key can be taken meanwhile under the payer's lock for another currency: the next attempt finds it.
            catch (PostgresException passing)
                when (passing.SqlState
                        is PostgresErrorCodes.DeadlockDetected
                            or PostgresErrorCodes.SerializationFailure
                            or PostgresErrorCodes.UniqueViolation
                    && attempt < MaxAttempts
                )
            {
                logger.LogInformation(
                    "An intake of {Transfers} runs again: {Reason}",
                    batch.Count,
                    passing.MessageText
                );
            }
            // The server had ended this connection. The keys make a repeat harmless, even after a commit whose answer
            // was lost.
            catch (NpgsqlException broken) when (attempt == 1 && broken.IsBrokenConnection())
            {
                logger.LogInformation("An intake of {Transfers} runs again: {Reason}", batch.Count, broken.Message);
            }
            catch (PostgresException stuck) when (batch.Count > 1)
            {
                // One request waits for its twin in another replica, or cannot be written at all: the others must not
                // suffer.
                logger.LogWarning(
                    "An intake of {Transfers} is written one by one: {Reason}",
                    batch.Count,
                    stuck.MessageText
                );
                foreach (var waiting in batch)
                    Write([waiting]);
                return;
            }
            catch (PostgresException stuck) when (stuck.SqlState == PostgresErrorCodes.LockNotAvailable)
            {
                batch[0].Answer.SetResult(AdmissionPolicy.OfKey(KeyOutcome.InProgress, null)!);
                return;
            }
            catch (Exception failure)
            {
                if (failure.IsAway())
                    logger.LogWarning(
                        "An intake of {Transfers} failed: {Reason}",
                        batch.Count,
                        failure.GetBaseException().Message
                    );
                else
                    logger.LogError(failure, "An intake of {Transfers} failed", batch.Count);
                foreach (var waiting in batch)
                    waiting.Answer.TrySetResult(new IntakeOutcome.Unknown());
                return;
            }
        }
    }

    private void WriteOnce(List<Waiting> batch)
    {
        using var work = units.BeginBatch();
        var context = Load(work.Connection, batch);
        var decisions = Decide(batch, context);
        // Commit even if the batch contains only replays: the first commit may exist on the primary only (ADR 10). This
        // commit returns after the standby has both.
        var write = work.Write;
        if (decisions.Accepted.Count > 0)
        {
            write.BatchCommands.Add(Insert(decisions.Accepted, context.Subjects));
            write.BatchCommands.Add(InsertPending(decisions.Accepted));
        }

        LimitCounters.Correct(write, context.Subjects.Values);
        if (decisions.Confirmed.Count > 0)
            write.BatchCommands.Add(UsedConfirmations.Add(decisions.Confirmed.ConvertAll(Used)));
        if (decisions.Paid.Count > 0)
            write.BatchCommands.Add(KnownPayees.Add(decisions.Paid, decisions.Accepted[0].CreatedAt));
        foreach (var transfer in decisions.Accepted)
            transfer.Kind.CommandFor(transfer.Terms, LegPosition.Start, null)?.PublishTo(work, transfer.TraceParent);
        foreach (var ofTenant in decisions.Accepted.GroupBy(transfer => transfer.Tenant))
            work.Audit(IntakeAudit.Of(ofTenant.Key, [.. ofTenant]));
        foreach (var ofTenant in decisions.Refused.GroupBy(refusal => refusal.Transfer.Tenant))
            work.Audit(IntakeAudit.Of(ofTenant.Key, [.. ofTenant]));
        work.Commit();
        backlog.Accepted(decisions.Accepted.Count(transfer => !transfer.Kind.WaitsOutside(LegPosition.Start)));
        TransferMetrics.Accepted.Add(decisions.Accepted.Count);
        foreach (var pair in decisions.Paid)
            _known[pair] = new KnownPayee(decisions.Accepted[0].CreatedAt, decisions.Accepted[0].CreatedAt);
        for (var i = 0; i < batch.Count; i++)
            batch[i].Answer.SetResult(decisions.Outcomes[i]);
    }

    /// <summary>The decisions of a batch; <paramref name="Outcomes"/> are in its order.</summary>
    /// <param name="Paid">Payees that this batch makes known, or whose stored payment time is old.</param>
    private sealed record BatchDecisions(
        IntakeOutcome[] Outcomes,
        List<Transfer> Accepted,
        List<(Transfer Transfer, IntakeOutcome Why)> Refused,
        List<Transfer> Confirmed,
        HashSet<PayeePair> Paid
    );

    /// <summary>Decides in order of arrival: each request sees the usage and confirmations of earlier ones.</summary>
    private BatchDecisions Decide(List<Waiting> batch, BatchContext context)
    {
        var decisions = new BatchDecisions(new IntakeOutcome[batch.Count], new List<Transfer>(batch.Count), [], [], []);
        for (var i = 0; i < batch.Count; i++)
        {
            var transfer = batch[i].Transfer;
            var key = transfer.CommandKey;
            var (subject, pair) = (context.Subjects[transfer.LimitSubject], Pair(transfer));
            var isKnown = IsKnown(pair, transfer.CreatedAt) || decisions.Paid.Contains(pair);
            var outcome = AdmissionPolicy.Decide(
                transfer,
                context.Firsts.GetValueOrDefault(key),
                subject.LimitUsage,
                isKnown,
                transfer.Confirmation.Id is { } shown && context.Used.Contains(shown)
            );
            if (outcome is IntakeOutcome.Accepted && transfer.Admission is { } demands)
                outcome = (IntakeOutcome?)context.Demands[demands].Decide(transfer) ?? outcome;
            decisions.Outcomes[i] = outcome;
            switch (outcome)
            {
                case IntakeOutcome.Accepted:
                    decisions.Accepted.Add(transfer);
                    if (transfer.Admission is { } asked)
                        context.Demands[asked].Admitted(transfer);
                    context.Firsts[key] = new FirstUse(transfer.Id, transfer.Fingerprint);
                    subject.LimitUsage = subject.LimitUsage.Add(transfer.Counted, transfer.Confirmation.IsShown);
                    subject.Accepted += transfer.Counted;
                    if (!transfer.Confirmation.IsShown)
                        subject.AcceptedUnconfirmed += transfer.Counted;
                    if (
                        transfer.Kind.AsksForConfirmation
                        && (!isKnown || (_known.TryGetValue(pair, out var known) && known.IsDue(transfer.CreatedAt)))
                    )
                        decisions.Paid.Add(pair);
                    if (transfer.Confirmation.Id is not { } used)
                        break;
                    decisions.Confirmed.Add(transfer);
                    context.Used.Add(used);
                    break;
                case IntakeOutcome.LimitExceeded
                or IntakeOutcome.Refused
                or IntakeOutcome.ConfirmationRequired
                or IntakeOutcome.ConfirmationInvalid:
                    decisions.Refused.Add((transfer, outcome));
                    break;
            }
        }

        return decisions;
    }

    /// <summary>The stored state that the admission of a batch needs.</summary>
    private sealed record BatchContext(
        Dictionary<LimitSubjectKey, LimitSubject> Subjects,
        Dictionary<CommandKey<Guid>, FirstUse> Firsts,
        HashSet<Guid> Used
    )
    {
        /// <summary>What the kinds demand of this batch.</summary>
        public Dictionary<IKindAdmission, AdmissionBatch> Demands { get; } = [];
    }

    private static UsedConfirmation Used(Transfer confirmed) =>
        new(confirmed.Tenant, confirmed.Confirmation.Id!.Value, confirmed.Id.Value, confirmed.CreatedAt);

    /// <summary>
    /// Locks the payers' usage and then reads, in one round trip: each statement sees what the lock waited for. So
    /// all replicas decide one payer's requests in one currency batch by batch, and see each other's keys and
    /// confirmations.
    /// </summary>
    private BatchContext Load(NpgsqlConnection connection, List<Waiting> batch)
    {
        ForgetKnown(batch[0].Transfer.CreatedAt);
        var context = new BatchContext(new Dictionary<LimitSubjectKey, LimitSubject>(batch.Count), [], []);
        var unknown = new HashSet<PayeePair>();
        var confirmations = new List<(TenantId Tenant, Guid Id)>();
        foreach (var (transfer, _) in batch)
        {
            // What a limit refuses by its size alone is not counted, not even for a moment.
            var amount = transfer.Counted <= transfer.Rule.Limits.Transaction ? transfer.Counted : 0;
            if (!context.Subjects.TryGetValue(transfer.LimitSubject, out var subject))
                context.Subjects.Add(transfer.LimitSubject, subject = new LimitSubject(transfer.LimitSubject));
            subject.Counted += amount;
            if (!transfer.Confirmation.IsShown)
                subject.CountedUnconfirmed += amount;
            if (transfer.Day > subject.Day)
                subject.Day = transfer.Day;
            if (
                transfer.Kind.AsksForConfirmation
                && Pair(transfer) is var pair
                && !IsRemembered(pair, transfer.CreatedAt)
            )
                unknown.Add(pair);
            if (transfer.Confirmation.Id is { } shown)
                confirmations.Add((transfer.Tenant, shown));
        }

        foreach (var pair in unknown)
            _known.Remove(pair);
        using var load = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                // A payer in another replica is waited for this long; see Write.
                new NpgsqlBatchCommand("set local lock_timeout = '2s'"),
                LimitCounters.Count([
                    .. context.Subjects.Values.OrderBy(subject => subject.Key, LimitSubjectKey.Order),
                ]),
                TransactionKeys.Store.Find(batch.ConvertAll(row => row.Transfer.CommandKey)),
            },
        };
        if (unknown.Count > 0)
            load.BatchCommands.Add(KnownPayees.Find(unknown));
        if (confirmations.Count > 0)
            load.BatchCommands.Add(UsedConfirmations.Find(confirmations));
        foreach (var demands in batch.Select(row => row.Transfer.Admission).OfType<IKindAdmission>().Distinct())
        {
            var begun = demands.Begin([.. batch.Select(row => row.Transfer).Where(one => one.Admission == demands)]);
            context.Demands.Add(demands, begun);
            foreach (var command in begun.Load)
                load.BatchCommands.Add(command);
        }

        using var reader = load.ExecuteReader();
        LimitCounters.Read(reader, context.Subjects);
        reader.NextResult();
        KeyStore<Guid>.Read(reader, context.Firsts);
        if (unknown.Count > 0)
        {
            reader.NextResult();
            var now = batch[0].Transfer.CreatedAt;
            while (reader.Read())
            {
                var pair = new PayeePair(new TenantId(reader.GetGuid(0)), reader.GetGuid(1), reader.GetGuid(2));
                _known[pair] = new KnownPayee(reader.GetFieldValue<DateTimeOffset>(3), now);
            }
        }

        if (confirmations.Count > 0)
        {
            reader.NextResult();
            while (reader.Read())
                context.Used.Add(reader.GetGuid(0));
        }

        foreach (var demands in context.Demands.Values)
        {
            reader.NextResult();
            demands.Read(reader);
        }

        return context;
    }

    /// <summary>
    /// Only between batches: a batch reads what it has looked up. The database is asked for old entries anyway.
    /// </summary>
    private void ForgetKnown(DateTimeOffset now)
    {
        if (_known.Count >= KnownLimit)
            _known.Clear();
        if (now < _forgetAt)
            return;
        _forgetAt = now + ForgetInterval;
        foreach (var (pair, known) in _known)
        {
            if (!known.IsFresh(now))
                _known.Remove(pair);
        }
    }

    private static PayeePair Pair(Transfer transfer) =>
        new(transfer.Tenant, transfer.InitiatedBy.Value, transfer.To.OwnerId.Value);

    /// <summary>One's own other account is no stranger.</summary>
    private bool IsKnown(PayeePair pair, DateTimeOffset now) =>
        pair.Payer == pair.Payee || (_known.TryGetValue(pair, out var known) && known.IsKnown(now));

    /// <summary>Whether the database need not be asked.</summary>
    private bool IsRemembered(PayeePair pair, DateTimeOffset now) =>
        pair.Payer == pair.Payee || (_known.TryGetValue(pair, out var known) && known.IsFresh(now));

    private static NpgsqlBatchCommand Insert(List<Transfer> rows, Dictionary<LimitSubjectKey, LimitSubject> subjects) =>
        Command(
            """
            insert into transactions (id, tenant_id, type, status, from_account, from_owner, from_name, from_handle,
                                      to_account, to_owner, to_name, to_handle, amount, fee, currency, note,
                                      external_reference, metadata, refunded_amount, channel, leg, initiated_by,
                                      idempotency_scope, operation, idempotency_key, fingerprint, limit_day,
                                      created_at, expires_at, details, original_id)
            select id, tenant, type, 'pending', f, fo, fn, fh, t, towner, tn, th, amount, 0, currency, note, reference,
                   metadata::jsonb, 0, 'api', 1, who, who, type, key, print, day, created, expires, details::jsonb,
                   original
            from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21,
                        $22, $23, $24)
                 v(id, f, fo, fn, fh, t, towner, tn, th, amount, currency, note, reference, metadata, key, print,
                   created, tenant, expires, who, day, type, details, original)
            """,
            Column(rows, row => row.Id.Value),
            Column(rows, row => row.From.AccountId.Value),
            Column(rows, row => row.From.OwnerId.Value),
            Column(rows, row => row.From.HolderName),
            Column(rows, row => row.From.Handle),
            Column(rows, row => row.To.AccountId.Value),
            Column(rows, row => row.To.OwnerId.Value),
            Column(rows, row => row.To.HolderName),
            Column(rows, row => row.To.Handle),
            Column(rows, row => row.Amount),
            Column(rows, row => row.Currency),
            Column(rows, row => row.Note),
            Column(rows, row => row.ExternalReference),
            Column(rows, row => row.Metadata),
            Column(rows, row => row.Key),
            Column(rows, row => row.Fingerprint),
            Column(rows, row => row.CreatedAt),
            OfTenants(rows, row => row.Tenant),
            Column(rows, row => row.ExpiresAt),
            Column(rows, row => row.InitiatedBy.Value),
            Column(rows, row => row.Kind.CountsForLimits ? subjects[row.LimitSubject].LimitUsage.Day : (DateOnly?)null),
            Column(rows, row => row.Kind.Type),
            Column(rows, row => row.Details),
            Column(rows, row => row.OriginalId)
        );

    private static NpgsqlBatchCommand InsertPending(List<Transfer> rows) =>
        Command(
            """
            insert into pending_transactions (transaction_id, created_at, waits_outside)
            select id, created, waits from unnest($1, $2, $3) v(id, created, waits)
            """,
            Column(rows, row => row.Id.Value),
            Column(rows, row => row.CreatedAt),
            Column(rows, row => row.Kind.WaitsOutside(LegPosition.Start))
        );
}
