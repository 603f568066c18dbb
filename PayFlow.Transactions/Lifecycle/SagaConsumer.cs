using System.Data;
using Npgsql;
using NpgsqlTypes;
using PayFlow.ServiceDefaults.Connections;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Messaging;
using PayFlow.ServiceDefaults.Messaging.Commits;
using PayFlow.ServiceDefaults.Telemetry;
using PayFlow.Transactions.Confirmation;
using PayFlow.Transactions.Limits;
using PayFlow.Transactions.Payees;
using PayFlow.Transactions.Reconciliation;
using static PayFlow.ServiceDefaults.Connections.SetBased;

namespace PayFlow.Transactions.Lifecycle;

/// <summary>
/// Takes in what Accounts tells, a batch in one database transaction: moves transactions to their end, records what
/// Accounts posted by itself, and keeps the account directory. The state itself says what is new, so no inbox is
/// needed.
/// </summary>
public sealed class SagaConsumer(
    UnitsOfWork units,
    AccountDirectory directory,
    TransactionWaiters waiters,
    Backlog backlog,
    TimeProvider clock
) : IMessageHandler
{
    public IReadOnlyList<string> Topics { get; } =
    [
        ServiceDefaults.Messaging.Topics.DebitCompleted,
        ServiceDefaults.Messaging.Topics.CreditCompleted,
        ServiceDefaults.Messaging.Topics.DebitFailed,
        ServiceDefaults.Messaging.Topics.AdjustmentPosted,
        ServiceDefaults.Messaging.Topics.AccountCreated,
        ServiceDefaults.Messaging.Topics.AccountUpdated,
        ServiceDefaults.Messaging.Topics.PayeesForgotten,
    ];

    public void Begin() => TransferMetrics.Contradictions.Begin();

    public void Handle(IReadOnlyList<ConsumedMessage> batch)
    {
        var steps = new List<(Guid Id, LedgerMessage Step, ConsumedMessage Message)>();
        var adjustments = new List<(AdjustmentPosted Posted, ConsumedMessage Message)>();
        var accounts = new List<AccountSnapshot>();
        var forgotten = new List<PayeesForgotten>();
        foreach (var message in batch)
        {
            if (message.Topic == ServiceDefaults.Messaging.Topics.PayeesForgotten)
            {
                forgotten.Add(message.Read<PayeesForgotten>());
            }
            else
                Sort(message, steps, adjustments, accounts);
        }

        var (recorded, ended) = (new List<EndedTransaction>(), new List<EndedTransaction>());
        using (var work = units.BeginBatch())
        {
            AccountDirectory.Store(work.Write, accounts);
            if (forgotten.Count > 0)
                work.Write.BatchCommands.Add(Confirming.Forget(forgotten));
            RecordAdjustments.Add(work, adjustments, recorded);
            var advance = steps.Count > 0 ? Advance(work, steps, ended) : null;
            if (recorded.Count + ended.Count > 0)
                work.Audit(TransactionsAudit.Of([.. recorded, .. ended]));
            work.Commit(advance is null ? null : advance.MustBeWhole);
        }

        directory.Forget(accounts);
        backlog.Ended(ended.Count);
        TransferMetrics.Ended(ended);
        ended.ForEach(end => waiters.Ended(end.Id));
    }

    private static void Sort(
        ConsumedMessage message,
        List<(Guid Id, LedgerMessage Step, ConsumedMessage Message)> steps,
        List<(AdjustmentPosted Posted, ConsumedMessage Message)> adjustments,
        List<AccountSnapshot> accounts
    )
    {
        switch (message.Topic)
        {
            case ServiceDefaults.Messaging.Topics.DebitCompleted:
                var debit = message.Read<DebitCompleted>();
                steps.Add(
                    (
                        debit.TransactionId.Value,
                        new LedgerMessage.Debited(
                            debit.Leg,
                            debit.PostedAt,
                            new LedgerSide(debit.AccountId.Value, debit.Amount, debit.Currency)
                        ),
                        message
                    )
                );
                break;
            case ServiceDefaults.Messaging.Topics.CreditCompleted:
                var credit = message.Read<CreditCompleted>();
                steps.Add(
                    (
                        credit.TransactionId.Value,
                        new LedgerMessage.Credited(
                            credit.Leg,
                            credit.PostedAt,
                            new LedgerSide(credit.AccountId.Value, credit.Amount, credit.Currency)
                        ),
                        message
                    )
                );
                break;
            case ServiceDefaults.Messaging.Topics.DebitFailed:
                var refusal = message.Read<DebitFailed>();
                steps.Add(
                    (
                        refusal.TransactionId.Value,
                        new LedgerMessage.Refused(refusal.Leg, refusal.DecidedAt, refusal.Reason),
                        message
                    )
                );
                break;
            case ServiceDefaults.Messaging.Topics.AdjustmentPosted:
                adjustments.Add((message.Read<AdjustmentPosted>(), message));
                break;
            case ServiceDefaults.Messaging.Topics.AccountCreated:
                accounts.Add(message.Read<AccountCreated>().Account);
                break;
            case ServiceDefaults.Messaging.Topics.AccountUpdated:
                accounts.Add(message.Read<AccountUpdated>().Account);
                break;
            default:
                throw new PoisonMessageException(message, $"{message.Topic} is not for the saga.");
        }
    }

    /// <summary>
    /// Nothing is locked between reading and writing: of two replicas that have the same transaction, which happens
    /// only while partitions change hands, the later one finds another version of its row and runs its batch again.
    /// </summary>
    private sealed record Advancing(NpgsqlBatchCommand Update, int Rows)
    {
        /// <exception cref="DBConcurrencyException">
        /// Another one has written to a transaction since it was read.
        /// </exception>
        public void MustBeWhole()
        {
            if (Update.RecordsAffected != Rows)
                throw new DBConcurrencyException("A transaction was changed by another replica meanwhile.");
        }
    }

    /// <returns>Null where nothing is new.</returns>
    private Advancing? Advance(
        BatchUnitOfWork work,
        List<(Guid Id, LedgerMessage Step, ConsumedMessage Message)> steps,
        List<EndedTransaction> ended
    )
    {
        var before = PendingTransactions.Read(work.Connection, [.. steps.Select(step => step.Id).Distinct()]);
        var after = before.ToDictionary(pair => pair.Key, pair => pair.Value.State);
        var now = clock.GetDatabaseNow();
        foreach (var (id, step, message) in steps)
        {
            SagaOutcome outcome = after.TryGetValue(id, out var state)
                ? Saga.Apply(state, step, now)
                : new SagaOutcome.Contradiction("There is no such transaction here.");
            if (outcome is SagaOutcome.Contradiction contradiction && !Differences.IsAccepted(work.Connection, id))
                throw Contradicts(message, contradiction.Reason);
            if (outcome is not SagaOutcome.Advanced(var next))
                continue;
            after[id] = next;
            if (next.Status == TransactionStatus.Pending)
                continue;
            ended.Add(new EndedTransaction(id, next.Status, next.EndedAt!.Value, next.FailureReason) { State = next });
            Announce(work, before[id], next, message.TraceParent);
        }

        var changed = after
            .Where(pair => !ReferenceEquals(pair.Value, before[pair.Key].State))
            .OrderBy(pair => pair.Key)
            .ToList();
        if (changed.Count == 0)
            return null;
        LimitUsage.GiveBack(
            work.Write,
            [
                .. ended
                    .Where(end => end.Status == TransactionStatus.Failed)
                    .Select(end => before[end.Id].Counted)
                    .OfType<CountedSpend>(),
            ]
        );
        if (ended.Count > 0)
            work.Write.BatchCommands.Add(
                Command("delete from pending_transactions where transaction_id = any($1)", Column(ended, end => end.Id))
            );
        var update = Command(
            """
            update transactions t set status = v.status, debited_at = v.debited, credited_at = v.credited, ended_at = v.ended, failure_reason = v.reason
            from (select * from unnest($1, $2, $3, $4, $5, $6, $7) limit $8) v(id, version, status, debited, credited, ended, reason) where t.id = v.id and t.xmin = v.version
            """,
            Column(changed, pair => pair.Key),
            new NpgsqlParameter<uint[]>
            {
                TypedValue = [.. changed.Select(pair => before[pair.Key].Version)],
                NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Xid,
            },
            Column(changed, pair => WireWord.Of(pair.Value.Status)),
            Column(changed, pair => pair.Value.DebitedAt),
            Column(changed, pair => pair.Value.CreditedAt),
            Column(changed, pair => pair.Value.EndedAt),
            Column(changed, pair => pair.Value.FailureReason is { } reason ? WireWord.Of(reason) : null),
            AllRows
        );
        work.Write.BatchCommands.Add(update);
        return new Advancing(update, changed.Count);
    }

    /// <summary>
    /// The message is parked with the reason, and counted: what is recorded stays until an operator has decided.
    /// </summary>
    internal static PoisonMessageException Contradicts(ConsumedMessage message, string reason) =>
        new(message, reason) { CountedBy = TransferMetrics.Contradictions };

    private static void Announce(UnitOfWork work, PendingTransaction transaction, SagaState end, string? trace)
    {
        var facts = transaction.Facts with { EndedAt = end.EndedAt!.Value };
        if (end.FailureReason is { } reason)
            work.Publish(new TransactionFailed(facts, reason), trace);
        else
            work.Publish(new TransactionCompleted(facts), trace);
    }
}
