using System.Collections.Immutable;
using PayFlow.Notifications.Delivery.Templates;
using PayFlow.ServiceDefaults.Amounts;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Identifiers;

namespace PayFlow.Notifications.Delivery;

/// <summary>
/// Who gets which text, as a pure function. Each person concerned gets one notification. A failure concerns the payer
/// only.
/// </summary>
public static class Wording
{
    /// <summary>A payer looks at the payment for this long. Then the wallet offers to leave the page.</summary>
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
        var values = new TextValues
        {
            Amount = Money.Parse(facts.Amount, facts.Currency),
            From = facts.From.DisplayName,
            To = facts.To.DisplayName,
            Note = facts.Note ?? "",
            Reason = failure,
        };
        return new Draft(
            recipient,
            party.AccountId,
            facts.TransactionId,
            NotificationKinds.OfTemplate(template),
            template,
            values,
            IsQuiet: template == "money_sent" && facts.EndedAt - facts.CreatedAt <= AtOnce
        );
    }

    public static IEnumerable<Draft> Of(AccountCreated created)
    {
        yield return new Draft(
            created.Account.OwnerId,
            created.Account.AccountId,
            null,
            "account_opened",
            "account_opened",
            new TextValues
            {
                Currency = Currency.Parse(created.Account.Currency),
                AccountNumber = AccountNumber.Mask(created.Account.AccountNumber),
            }
        );
    }

    /// <exception cref="FormatException">It has no text.</exception>
    public static Draft Of(NotificationRequest request) =>
        new(
            request.RecipientId,
            request.AccountId,
            null,
            request.Kind,
            // A sender of an earlier version writes the text itself.
            request.Template
                ?? "as_written",
            request.Template is null ? Written(request) : Named(request)
        );

    private static TextValues Written(NotificationRequest request) =>
        new()
        {
            Title = request.Title ?? throw new FormatException("The request has neither a template nor a title."),
            Body = request.Body ?? "",
        };

    private static TextValues Named(NotificationRequest request)
    {
        var values = request.Values ?? ImmutableDictionary<string, string>.Empty;
        return new TextValues
        {
            Currency = values.TryGetValue("currency", out var currency) ? Currency.Parse(currency) : null,
            Words = values,
        };
    }
}
