using PayFlow.ServiceDefaults.Contracts;
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

    public static IEnumerable<Draft> Of(TransactionCompleted completed)
    {
        var t = completed.Transaction;
        var amount = Money.Parse(t.Amount, t.Currency).Display();
        if (t.Type == TransactionType.Adjustment)
        {
            if (t.To.OwnerId is { } gains)
                yield return new Draft(
                    gains,
                    t.To.AccountId,
                    t.TransactionId,
                    "adjustment",
                    $"{amount} was added to your wallet",
                    t.Note ?? ""
                );
            if (t.From.OwnerId is { } loses)
                yield return new Draft(
                    loses,
                    t.From.AccountId,
                    t.TransactionId,
                    "adjustment",
                    $"{amount} was taken from your wallet",
                    t.Note ?? ""
                );
            yield break;
        }

        if (t.To.OwnerId is { } payee)
            yield return new Draft(
                payee,
                t.To.AccountId,
                t.TransactionId,
                "money_received",
                $"{Isolation.Isolate(t.From.DisplayName)} sent you {amount}",
                t.Note ?? ""
            );
        // Between two accounts of one person, the receiving one tells it all.
        if (t.From.OwnerId is { } payer && payer != t.To.OwnerId)
            yield return new Draft(
                payer,
                t.From.AccountId,
                t.TransactionId,
                "money_sent",
                $"{Isolation.Isolate(t.To.DisplayName)} got {amount}",
                t.Note ?? "",
                t.EndedAt - t.CreatedAt <= AtOnce
            );
    }

    public static IEnumerable<Draft> Of(TransactionFailed failed)
    {
        var t = failed.Transaction;
        if (t.From.OwnerId is not { } payer)
            yield break;
        var amount = Money.Parse(t.Amount, t.Currency).Display();
        yield return new Draft(
            payer,
            t.From.AccountId,
            t.TransactionId,
            "payment_failed",
            $"{amount} to {Isolation.Isolate(t.To.DisplayName)} was not sent",
            $"{Why(failed.Reason)} Your money is still in your wallet."
        );
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

    private static string Why(FailureReason reason) =>
        reason switch
        {
            FailureReason.InsufficientFunds => "Your wallet did not have enough money. Send less, or add money first.",
            FailureReason.AccountFrozen =>
                "Your account is frozen. Contact support to unfreeze it, then send the payment again.",
            FailureReason.AccountClosed => "Your account is closed. Pay from another account.",
            FailureReason.RecipientUnavailable => "The payee cannot receive money now. Contact the payee, or try again "
                + "later.",
            FailureReason.CurrencyMismatch =>
                "The accounts have different currencies. Choose an account in the same currency.",
            FailureReason.LimitExceeded => "The payment exceeds a limit. Send less.",
            FailureReason.Expired => "The payment expired before it was posted. Send it again.",
            _ => "The payee's account was not found. Check the payee, then send the payment again.",
        };
}
