using PayFlow.ServiceDefaults.Amounts;
using PayFlow.ServiceDefaults.Commits;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Messaging;
using PayFlow.ServiceDefaults.Telemetry;
using PayFlow.Transactions.Confirmation;
using PayFlow.Transactions.Payees;

namespace PayFlow.Transactions.Lifecycle;

/// <summary>
/// Handles the events of Accounts, a batch in one database transaction: moves transactions on, records what Accounts
/// posted by itself, and keeps the account directory.
/// </summary>
public sealed class SagaConsumer(UnitsOfWork units, AccountDirectory directory, Transitions transitions)
    : IMessageHandler
{
    private static readonly Subscriptions<SagaBatch> Subscribed = new Subscriptions<SagaBatch>()
        .On<PostingCompleted>(Add)
        .On<DebitCompleted>(Add)
        .On<CreditCompleted>(Add)
        .On<DebitFailed>(Add)
        .On<AdjustmentPosted>((batch, posted, message) => batch.Adjustments.Add((posted, message)))
        .On<AccountCreated>((batch, created) => batch.Accounts.Add(created.Account))
        .On<AccountUpdated>((batch, updated) => batch.Accounts.Add(updated.Account))
        .On<PayeesForgotten>((batch, forgotten) => batch.Forgotten.Add(forgotten));

    public IReadOnlyList<string> Topics => Subscribed.Topics;

    public void Begin()
    {
        TransferMetrics.Contradictions.Begin();
        TransferMetrics.UnknownKinds.Begin();
    }

    public void Handle(IReadOnlyList<ConsumedMessage> batch)
    {
        var read = new SagaBatch();
        foreach (var message in batch)
            Subscribed.Handle(read, message);
        var recorded = new List<EndedTransaction>();
        Transition transition;
        using (var work = units.BeginBatch())
        {
            AccountDirectory.Store(work.Write, read.Accounts);
            if (read.Forgotten.Count > 0)
                work.Write.BatchCommands.Add(KnownPayees.Forget(read.Forgotten));
            RecordAdjustments.Add(work, read.Adjustments, recorded);
            transition = transitions.Apply(work, read.Steps);
            foreach (var ofTenant in recorded.Concat(transition.Ended).GroupBy(end => end.Tenant))
                work.Audit(TransactionsAudit.Of(ofTenant.Key, [.. ofTenant]));
            work.Commit(transition.Update is null ? null : transition.MustBeWhole);
        }

        directory.Forget(read.Accounts);
        transitions.Committed(transition);
    }

    private static void Add(SagaBatch batch, DebitCompleted debit, ConsumedMessage message)
    {
        var side = new LedgerSide(debit.AccountId.Value, debit.Amount, debit.Currency);
        var debited = new LedgerMessage.Debited(debit.Leg, debit.PostedAt, side);
        batch.Steps.Add(new SagaStep(debit.TenantId, debit.TransactionId.Value, debited, message));
    }

    private static void Add(SagaBatch batch, CreditCompleted credit, ConsumedMessage message)
    {
        var side = new LedgerSide(credit.AccountId.Value, credit.Amount, credit.Currency);
        var credited = new LedgerMessage.Credited(credit.Leg, credit.PostedAt, side);
        batch.Steps.Add(new SagaStep(credit.TenantId, credit.TransactionId.Value, credited, message));
    }

    private static void Add(SagaBatch batch, PostingCompleted posting, ConsumedMessage message)
    {
        var entries = posting
            .Entries.Select(entry => new PostedEntry(
                entry.AccountId.Value,
                Money.Parse(entry.Amount, entry.Currency ?? posting.Currency)
            ))
            .ToList();
        var posted = new LedgerMessage.Posted(posting.Leg, posting.PostedAt, entries);
        batch.Steps.Add(new SagaStep(posting.TenantId, posting.TransactionId.Value, posted, message));
    }

    private static void Add(SagaBatch batch, DebitFailed refusal, ConsumedMessage message)
    {
        var refused = new LedgerMessage.Refused(refusal.Leg, refusal.DecidedAt, refusal.Reason);
        batch.Steps.Add(new SagaStep(refusal.TenantId, refusal.TransactionId.Value, refused, message));
    }
}
