using PayFlow.ServiceDefaults.Amounts;
using PayFlow.ServiceDefaults.Commits;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Messaging;

namespace PayFlow.Accounts.Ledger;

/// <summary>Posts what Transactions asks for, a batch in one database transaction.</summary>
public sealed class LedgerConsumer(UnitsOfWork units, LedgerWriter ledger, TimeProvider clock) : IMessageHandler
{
    private static readonly Subscriptions<LedgerBatch> Subscribed = new Subscriptions<LedgerBatch>()
        .On<TransactionInitiated>(Add)
        .On<PostingRequested>(Add);

    public IReadOnlyList<string> Topics => Subscribed.Topics;

    public void Handle(IReadOnlyList<ConsumedMessage> batch)
    {
        var read = new LedgerBatch(clock.GetUtcNow());
        foreach (var message in batch)
            Subscribed.Handle(read, message);
        foreach (var tenant in read.Commands.GroupBy(command => command.Tenant))
        {
            using var work = units.BeginBatch();
            ledger.Apply(work, tenant.Key, [.. tenant.Select(command => command.Command)]);
            work.Commit();
        }
    }

    private static void Add(LedgerBatch batch, TransactionInitiated asked, ConsumedMessage message)
    {
        var amount = Money.Parse(asked.Amount, asked.Currency).Minor;
        if (amount <= 0 || asked.FromAccount == asked.ToAccount)
            throw new PoisonMessageException(message, "A transfer moves more than zero between two accounts.");
        var command = new LedgerCommand(
            asked.TransactionId.Value,
            TransactionInitiated.Leg,
            asked.FromAccount.Value,
            asked.Currency,
            [new LedgerLine(asked.FromAccount.Value, -amount), new LedgerLine(asked.ToAccount.Value, amount)],
            asked.ExpiresAt
        );
        batch.Commands.Add(
            (asked.TenantId, new TracedCommand(command, message.TraceParent, batch.IsRecent(asked.AskedAgainAt)))
        );
    }

    private static void Add(LedgerBatch batch, PostingRequested leg, ConsumedMessage message)
    {
        var command = new LedgerCommand(
            leg.TransactionId.Value,
            leg.Leg,
            leg.CustomerAccount.Value,
            leg.Currency,
            [.. leg.Lines.Select(line => Line(line, leg.Currency))],
            leg.ExpiresAt
        )
        {
            HoldId = (leg.HoldId ?? leg.TransactionId).Value,
        };
        if (command.Lines.Count < 1 || !command.IsBalanced())
            throw new PoisonMessageException(message, "The lines do not sum to zero for each currency.");
        batch.Commands.Add(
            (
                leg.TenantId,
                new TracedCommand(
                    command,
                    message.TraceParent,
                    batch.IsRecent(leg.AskedAgainAt),
                    AnswersAsPosting: true
                )
            )
        );
    }

    private static LedgerLine Line(PostingLine line, string currency)
    {
        var own = line.Currency == currency ? null : line.Currency;
        return new LedgerLine(
            line.AccountId.Value,
            Money.Parse(line.Amount, own ?? currency).Minor,
            line.Held is { } held ? Money.Parse(held, own ?? currency).Minor : 0,
            own
        );
    }
}
