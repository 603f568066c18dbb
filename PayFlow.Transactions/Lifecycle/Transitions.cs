using Npgsql;
using NpgsqlTypes;
using PayFlow.ServiceDefaults.Amounts;
using PayFlow.ServiceDefaults.Commits;
using PayFlow.ServiceDefaults.Connections;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Messaging;
using PayFlow.Transactions.Limits;
using static PayFlow.ServiceDefaults.Connections.SqlArrays;
using static PayFlow.ServiceDefaults.Tenancy.TenantSql;

namespace PayFlow.Transactions.Lifecycle;

/// <summary>
/// Moves transactions as their kinds decide, a batch in one unit of work: states, ends, limit usage, and the next
/// command of what goes on. The state itself tells what is new, so no inbox is needed.
/// </summary>
public sealed class Transitions(
    TransactionKinds kinds,
    TransactionWaiters waiters,
    Backlog backlog,
    IAcceptedDifferences accepted,
    TimeProvider clock
)
{
    /// <summary>The state of one transaction within a batch.</summary>
    private sealed record Moving(TransactionKind Kind, PendingTransaction Before)
    {
        public SagaState After { get; set; } = Before.State;

        public bool IsChanged => !ReferenceEquals(After, Before.State);

        /// <summary>Whether it is pending, and at another position than before.</summary>
        public bool GoesOn => After.Status == TransactionStatus.Pending && After.Position != Before.State.Position;

        public LegCommand? Command() => Kind.CommandFor(Before.Terms, After.Position, null);

        public bool Waits(SagaState state) =>
            state.Status == TransactionStatus.Pending && Kind.WaitsOutside(state.Position);
    }

    /// <summary>
    /// Adds what the messages change to the unit of work. Its commit must check <see cref="Transition.MustBeWhole"/>;
    /// call <see cref="Committed"/> after it.
    /// </summary>
    /// <exception cref="PoisonMessageException">A message contradicts the record, or the kind is unknown.</exception>
    /// <exception cref="InvalidOperationException">The same of an answer from outside.</exception>
    public Transition Apply(BatchUnitOfWork work, IReadOnlyList<SagaStep> steps)
    {
        if (steps.Count == 0)
            return Transition.None;
        var moving = Read(work.Connection, steps);
        var ended = new List<EndedTransaction>();
        var now = clock.GetDatabaseNow();
        foreach (var step in steps)
        {
            var one = moving.GetValueOrDefault((step.Tenant, step.Transaction));
            var outcome = Outcome(step, one, now);
            if (
                outcome is SagaOutcome.Contradiction contradiction
                && !accepted.IsAccepted(work.Connection, step.Transaction)
            )
                throw Fault(step, contradiction.Reason, TransferMetrics.Contradictions);
            if (one is null || outcome is not SagaOutcome.Advanced(var next))
                continue;
            var isMoved = next.Position != one.After.Position;
            one.After = next;
            if (next.Status != TransactionStatus.Pending)
                ended.Add(End(work, one, step.Source?.TraceParent));
            else if (isMoved)
                one.Command()?.PublishTo(work, step.Source?.TraceParent);
        }

        return Write(work, moving, ended);
    }

    /// <summary>Only after the commit: wakes the requests that wait, and counts.</summary>
    public void Committed(Transition transition)
    {
        var ended = transition.Ended;
        backlog.Ended(ended.Count + transition.Waiting);
        TransferMetrics.Ended(ended);
        foreach (var end in ended)
            waiters.Ended(end.Id);
    }

    private Dictionary<(TenantId Tenant, Guid Id), Moving> Read(
        NpgsqlConnection connection,
        IReadOnlyList<SagaStep> steps
    )
    {
        var before = PendingTransactions.Read(
            connection,
            [.. steps.Select(step => (step.Tenant, step.Transaction)).Distinct()]
        );
        foreach (var step in steps)
        {
            if (before.TryGetValue((step.Tenant, step.Transaction), out var one) && kinds.Find(one.Facts.Type) is null)
                throw Fault(step, $"The kind {one.Facts.Type} is not known here.", TransferMetrics.UnknownKinds);
        }

        return before.ToDictionary(
            pair => pair.Key,
            pair => new Moving(kinds.Find(pair.Value.Facts.Type)!, pair.Value)
        );
    }

    private static SagaOutcome Outcome(SagaStep step, Moving? one, DateTimeOffset now)
    {
        if (one is null)
            return new SagaOutcome.Contradiction("There is no such transaction here.");
        if (step.Message is LedgerMessage.Posted posted && posted.Leg == one.After.Leg && !Agrees(one, posted))
            return new SagaOutcome.Contradiction(
                $"The ledger posted leg {posted.Leg} with other entries than asked for."
            );
        return one.Kind.Apply(one.After, step.Message, now);
    }

    /// <summary>What was posted must be what the leg asked for. A leg that is over asks for nothing more.</summary>
    private static bool Agrees(Moving one, LedgerMessage.Posted posted) =>
        one.Command() is not LegCommand.Posting { Event: var asked }
        || asked
            .Lines.Select(line => new PostedEntry(
                line.AccountId.Value,
                Money.Parse(line.Amount, line.Currency ?? asked.Currency)
            ))
            .Where(entry => entry.Amount.Minor != 0)
            .OrderBy(Order)
            .SequenceEqual(posted.Entries.OrderBy(Order));

    private static (Guid, string, long) Order(PostedEntry entry) =>
        (entry.Account, entry.Amount.Currency.Code, entry.Amount.Minor);

    private static EndedTransaction End(UnitOfWork work, Moving one, string? trace)
    {
        var end = one.After;
        var facts = one.Before.Facts with { EndedAt = end.EndedAt!.Value };
        facts = one.Kind.Notices(facts, end.FailureReason) is { } notices ? facts with { Notices = notices } : facts;
        if (end.FailureReason is { } reason)
            work.Publish(new TransactionFailed(facts, reason), trace);
        else
            work.Publish(new TransactionCompleted(facts), trace);
        return new EndedTransaction(facts.TransactionId.Value, end.Status, facts.EndedAt, end.FailureReason)
        {
            Tenant = facts.TenantId,
            State = end,
        };
    }

    private static Transition Write(
        BatchUnitOfWork work,
        Dictionary<(TenantId Tenant, Guid Id), Moving> moving,
        List<EndedTransaction> ended
    )
    {
        var changed = moving.Where(pair => pair.Value.IsChanged).OrderBy(pair => pair.Key.Id).ToList();
        if (changed.Count == 0)
            return Transition.None;
        LimitCounters.Release(
            work.Write,
            [
                .. ended
                    .Where(end => end.Status == TransactionStatus.Failed)
                    .Select(end => moving[(end.Tenant, end.Id)].Before.Counted)
                    .OfType<CountedUsage>(),
            ]
        );
        foreach (var kind in ended.Select(end => moving[(end.Tenant, end.Id)].Kind).Distinct())
        {
            // Enumerated by the kinds that have effects only: a payment has none.
            var completed = ended
                .Where(end => end.Status == TransactionStatus.Completed && moving[(end.Tenant, end.Id)].Kind == kind)
                .Select(end => moving[(end.Tenant, end.Id)].Before.Terms);
            if (kind.Effects(completed) is { } effects)
                work.Write.BatchCommands.Add(effects);
        }

        if (ended.Count > 0)
            work.Write.BatchCommands.Add(
                Command("delete from pending_transactions where transaction_id = any($1)", Column(ended, end => end.Id))
            );
        var waiting = Mark(work.Write, [.. changed.Select(pair => pair.Value)]);
        var update = Update(changed);
        work.Write.BatchCommands.Add(update);
        return new Transition(update, changed.Count, ended, waiting);
    }

    /// <summary>What goes on is as young as its new position, and may wait for an answer from outside.</summary>
    /// <returns>How many more wait than before.</returns>
    private static int Mark(NpgsqlBatch write, List<Moving> changed)
    {
        var moved = changed.FindAll(one => one.GoesOn);
        if (moved.Count > 0)
            write.BatchCommands.Add(
                Command(
                    """
                    update pending_transactions p set waits_outside = v.waits, created_at = now(), asked_at = null
                    from (select * from unnest($1, $2) limit $3) v(id, waits) where p.transaction_id = v.id
                    """,
                    Column(moved, one => one.Before.Facts.TransactionId.Value),
                    Column(moved, one => one.Waits(one.After)),
                    AllRows
                )
            );
        return changed.Count(one => one.Waits(one.After)) - changed.Count(one => one.Waits(one.Before.State));
    }

    private static NpgsqlBatchCommand Update(List<KeyValuePair<(TenantId Tenant, Guid Id), Moving>> changed) =>
        Command(
            """
            update transactions t set status = v.status, leg = v.leg, step = v.step, debited_at = v.debited,
                credited_at = v.credited, ended_at = v.ended, failure_reason = v.reason
            from (select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $11) limit $10)
                 v(id, version, status, leg, step, debited, credited, ended, reason, tenant)
            where t.tenant_id = v.tenant and t.id = v.id and t.xmin = v.version
            """,
            Column(changed, pair => pair.Key.Id),
            new NpgsqlParameter<uint[]>
            {
                TypedValue = [.. changed.Select(pair => pair.Value.Before.Version)],
                NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Xid,
            },
            Column(changed, pair => EnumNames.Of(pair.Value.After.Status)),
            Column(changed, pair => pair.Value.After.Leg),
            Column(changed, pair => pair.Value.After.Step),
            Column(changed, pair => pair.Value.After.DebitedAt),
            Column(changed, pair => pair.Value.After.CreditedAt),
            Column(changed, pair => pair.Value.After.EndedAt),
            Column(changed, pair => pair.Value.After.FailureReason is { } reason ? EnumNames.Of(reason) : null),
            AllRows,
            OfTenants(changed, pair => pair.Key.Tenant)
        );

    /// <summary>
    /// The message is parked with the reason, and counted: what is recorded stays until an operator has decided.
    /// </summary>
    private static Exception Fault(SagaStep step, string reason, System.Diagnostics.Metrics.Counter<long> counted) =>
        step.Source is { } message
            ? new PoisonMessageException(message, reason) { CountedBy = counted }
            : new InvalidOperationException($"{step.Transaction}: {reason}");
}
