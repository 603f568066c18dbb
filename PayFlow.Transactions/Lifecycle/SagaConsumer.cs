using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Messaging;
using PayFlow.ServiceDefaults.Messaging.Commits;
using PayFlow.ServiceDefaults.Monetary;
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
    public IReadOnlyList<string> Topics { get; } =
    [
        ServiceDefaults.Messaging.Topics.PostingCompleted,
        ServiceDefaults.Messaging.Topics.DebitCompleted,
        ServiceDefaults.Messaging.Topics.CreditCompleted,
        ServiceDefaults.Messaging.Topics.DebitFailed,
        ServiceDefaults.Messaging.Topics.AdjustmentPosted,
        ServiceDefaults.Messaging.Topics.AccountCreated,
        ServiceDefaults.Messaging.Topics.AccountUpdated,
        ServiceDefaults.Messaging.Topics.PayeesForgotten,
    ];

    public void Begin()
    {
        TransferMetrics.Contradictions.Begin();
        TransferMetrics.UnknownKinds.Begin();
    }

    public void Handle(IReadOnlyList<ConsumedMessage> batch)
    {
        var steps = new List<SagaStep>();
        var adjustments = new List<(AdjustmentPosted Posted, ConsumedMessage Message)>();
        var accounts = new List<AccountSnapshot>();
        var forgotten = new List<PayeesForgotten>();
        foreach (var message in batch)
        {
            switch (message.Topic)
            {
                case ServiceDefaults.Messaging.Topics.AdjustmentPosted:
                    adjustments.Add((message.Read<AdjustmentPosted>(), message));
                    break;
                case ServiceDefaults.Messaging.Topics.AccountCreated:
                    accounts.Add(message.Read<AccountCreated>().Account);
                    break;
                case ServiceDefaults.Messaging.Topics.AccountUpdated:
                    accounts.Add(message.Read<AccountUpdated>().Account);
                    break;
                case ServiceDefaults.Messaging.Topics.PayeesForgotten:
                    forgotten.Add(message.Read<PayeesForgotten>());
                    break;
                default:
                    steps.Add(Step(message));
                    break;
            }
        }

        var recorded = new List<EndedTransaction>();
        Transition transition;
        using (var work = units.BeginBatch())
        {
            AccountDirectory.Store(work.Write, accounts);
            if (forgotten.Count > 0)
                work.Write.BatchCommands.Add(Confirming.Forget(forgotten));
            RecordAdjustments.Add(work, adjustments, recorded);
            transition = transitions.Apply(work, steps);
            if (recorded.Count + transition.Ended.Count > 0)
                work.Audit(TransactionsAudit.Of([.. recorded, .. transition.Ended]));
            work.Commit(transition.Update is null ? null : transition.MustBeWhole);
        }

        directory.Forget(accounts);
        transitions.Committed(transition);
    }

    private static SagaStep Step(ConsumedMessage message)
    {
        switch (message.Topic)
        {
            case ServiceDefaults.Messaging.Topics.DebitCompleted:
                var debit = message.Read<DebitCompleted>();
                return new SagaStep(
                    debit.TransactionId.Value,
                    new LedgerMessage.Debited(
                        debit.Leg,
                        debit.PostedAt,
                        new LedgerSide(debit.AccountId.Value, debit.Amount, debit.Currency)
                    ),
                    message
                );
            case ServiceDefaults.Messaging.Topics.CreditCompleted:
                var credit = message.Read<CreditCompleted>();
                return new SagaStep(
                    credit.TransactionId.Value,
                    new LedgerMessage.Credited(
                        credit.Leg,
                        credit.PostedAt,
                        new LedgerSide(credit.AccountId.Value, credit.Amount, credit.Currency)
                    ),
                    message
                );
            case ServiceDefaults.Messaging.Topics.PostingCompleted:
                var posting = message.Read<PostingCompleted>();
                return new SagaStep(
                    posting.TransactionId.Value,
                    new LedgerMessage.Posted(posting.Leg, posting.PostedAt, Entries(posting, message)),
                    message
                );
            case ServiceDefaults.Messaging.Topics.DebitFailed:
                var refusal = message.Read<DebitFailed>();
                return new SagaStep(
                    refusal.TransactionId.Value,
                    new LedgerMessage.Refused(refusal.Leg, refusal.DecidedAt, refusal.Reason),
                    message
                );
            default:
                throw new PoisonMessageException(message, $"{message.Topic} is not for the saga.");
        }
    }

    private static List<PostedEntry> Entries(PostingCompleted posting, ConsumedMessage message)
    {
        try
        {
            return
            [
                .. posting.Entries.Select(entry => new PostedEntry(
                    entry.AccountId.Value,
                    Money.Parse(entry.Amount, entry.Currency ?? posting.Currency)
                )),
            ];
        }
        catch (FormatException unreadable)
        {
            throw new PoisonMessageException(message, unreadable.Message);
        }
    }
}
