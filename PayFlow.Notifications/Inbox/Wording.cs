using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Failures;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Monetary;
using PayFlow.ServiceDefaults.Text;

namespace PayFlow.Notifications.Inbox;

/// <summary>
/// Who is told what, as a pure function: one notification per person concerned, and a failure is the payer's alone.
/// </summary>
public static class Wording
{
    /// <summary>
    /// For so long a payer looks at the payment; then the wallet says that one may leave and will be told.
    /// </summary>
    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(2);

    /// <exception cref="FormatException">There is no text for it.</exception>
    public static IEnumerable<Draft> Of(TransactionCompleted completed) => Ended(completed.Transaction, null);

    /// <exception cref="FormatException">There is no text for it.</exception>
    public static IEnumerable<Draft> Of(TransactionFailed failed) => Ended(failed.Transaction, failed.Reason);

    private static IEnumerable<Draft> Ended(TransactionFacts facts, FailureReason? failure)
    {
        foreach (var notice in facts.Notices ?? NoticesOf(facts, failure))
        {
            var party = notice.ToPayee ? facts.To : facts.From;
            // The ledger's own accounts have no owner.
            if (party.OwnerId is { } recipient)
                yield return Draft(notice.Template, recipient, party, facts, failure);
        }
    }

    /// <summary>The texts of the types that bring none of their own.</summary>
    private static IEnumerable<Notice> NoticesOf(TransactionFacts facts, FailureReason? failure)
    {
        if (failure is not null)
            return [new Notice("payment_failed", ToPayee: false)];
        return facts.Type switch
        {
            TransactionType.Adjustment =>
            [
                new Notice("adjustment_added", ToPayee: true),
                new Notice("adjustment_taken", ToPayee: false),
            ],
            // Between two accounts of one person, the text of the receiving account is enough.
            TransactionType.Transfer when facts.From.OwnerId == facts.To.OwnerId =>
            [
                new Notice("money_received", ToPayee: true),
            ],
            TransactionType.Transfer =>
            [
                new Notice("money_received", ToPayee: true),
                new Notice("money_sent", ToPayee: false),
            ],
            _ => throw new FormatException($"There is no text for a transaction of type {facts.Type}."),
        };
    }

    private static Draft Draft(
        string template,
        PartyId recipient,
        Participant party,
        TransactionFacts facts,
        FailureReason? failure
    )
    {
        var amount = Money.Parse(facts.Amount, facts.Currency).Display();
        var note = facts.Note ?? "";
        var (kind, title, body) = template switch
        {
            "money_received" => (template, $"{Isolation.Isolate(facts.From.DisplayName)} sent you {amount}", note),
            "money_sent" => (template, $"{Isolation.Isolate(facts.To.DisplayName)} got {amount}", note),
            "adjustment_added" => ("adjustment", $"{amount} was added to your wallet", note),
            "adjustment_taken" => ("adjustment", $"{amount} was taken from your wallet", note),
            "payment_failed" when failure is { } reason => (
                template,
                $"{amount} to {Isolation.Isolate(facts.To.DisplayName)} was not sent",
                $"{FailureReasons.Of(reason).ToPayer.English} Your money is still in your wallet."
            ),
            _ => throw new FormatException($"There is no text {template}."),
        };
        var isQuiet = template == "money_sent" && facts.EndedAt - facts.CreatedAt <= AtOnce;
        return new Draft(recipient, party.AccountId, facts.TransactionId, kind, title, body, isQuiet);
    }

    public static IEnumerable<Draft> Of(AccountCreated created)
    {
        yield return new Draft(
            created.Account.OwnerId,
            created.Account.AccountId,
            null,
            "account_opened",
            $"Your {MoneyDisplay.Name(Currency.Parse(created.Account.Currency))} wallet is open",
            $"Its number is {AccountNumber.Mask(created.Account.AccountNumber)}."
        );
    }

    public static IEnumerable<Draft> Of(NotificationRequest request)
    {
        if (request.InApp)
            yield return new Draft(
                request.RecipientId,
                request.AccountId,
                null,
                request.Kind,
                request.Title,
                request.Body
            );
    }
}
