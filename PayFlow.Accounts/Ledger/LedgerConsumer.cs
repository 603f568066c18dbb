using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Messaging;
using PayFlow.ServiceDefaults.Messaging.Commits;
using PayFlow.ServiceDefaults.Monetary;

namespace PayFlow.Accounts.Ledger;

/// <summary>Posts what Transactions asks for, a batch in one database transaction.</summary>
public sealed class LedgerConsumer(UnitsOfWork units, LedgerWriter ledger, TimeProvider clock) : IMessageHandler
{
    /// <summary>
    /// A question is answered again for this long. It stays in the outbox for a day, and a new broker gets it each
    /// time: to answer it each time would add a row to the outbox here, which the next broker gets as well, and so on.
    /// </summary>
    private static readonly TimeSpan Question = TimeSpan.FromMinutes(10);

    public IReadOnlyList<string> Topics { get; } =
    [ServiceDefaults.Messaging.Topics.TransactionInitiated, ServiceDefaults.Messaging.Topics.PostingRequested];

    public void Handle(IReadOnlyList<ConsumedMessage> batch)
    {
        foreach (var tenant in batch.Select(Read).GroupBy(read => read.Tenant))
        {
            using var work = units.BeginBatch();
            ledger.Apply(work, tenant.Key, [.. tenant.Select(read => read.Command)]);
            work.Commit();
        }
    }

    private (ServiceDefaults.Identifiers.TenantId Tenant, TracedCommand Command) Read(ConsumedMessage message)
    {
        try
        {
            if (message.Topic == ServiceDefaults.Messaging.Topics.TransactionInitiated)
            {
                var asked = message.Read<TransactionInitiated>();
                var amount = Money.Parse(asked.Amount, asked.Currency).Minor;
                if (amount <= 0 || asked.FromAccount == asked.ToAccount)
                    throw new PoisonMessageException(message, "A transfer moves more than zero between two accounts.");
                return (
                    asked.TenantId,
                    new TracedCommand(
                        new LedgerCommand(
                            asked.TransactionId.Value,
                            TransactionInitiated.Leg,
                            asked.FromAccount.Value,
                            asked.Currency,
                            [
                                new LedgerLine(asked.FromAccount.Value, -amount),
                                new LedgerLine(asked.ToAccount.Value, amount),
                            ],
                            asked.ExpiresAt
                        ),
                        message.TraceParent,
                        IsRecent(asked.AskedAgainAt)
                    )
                );
            }

            return Posting(message);
        }
        catch (FormatException unreadable)
        {
            throw new PoisonMessageException(message, unreadable.Message);
        }
    }

    private (ServiceDefaults.Identifiers.TenantId Tenant, TracedCommand Command) Posting(ConsumedMessage message)
    {
        var leg = message.Read<PostingRequested>();
        var command = new LedgerCommand(
            leg.TransactionId.Value,
            leg.Leg,
            leg.CustomerAccount.Value,
            leg.Currency,
            [.. leg.Lines.Select(line => Line(line, leg.Currency))],
            leg.ExpiresAt
        );
        if (command.Lines.Count < 1 || !command.IsBalanced())
            throw new PoisonMessageException(message, "The lines do not sum to zero for each currency.");
        return (
            leg.TenantId,
            new TracedCommand(command, message.TraceParent, IsRecent(leg.AskedAgainAt), AnswersAsPosting: true)
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

    private bool IsRecent(DateTimeOffset? askedAgainAt) => askedAgainAt > clock.GetUtcNow() - Question;
}
