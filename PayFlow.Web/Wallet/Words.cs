using System.Globalization;
using PayFlow.Web.Api;

namespace PayFlow.Web.Wallet;

/// <summary>What the wallet says: short, human, exact. Never a code alone.</summary>
public static class Words
{
    public const string WeDoNotKnow = "We don't know whether the last try went through. Check activity before you pay again.";
    public const string OnItsWay = "On its way. You can leave this page; we'll tell you.";
    public const string MoneyIsSafe = "Your money is safe.";

    /// <summary>The state of a payment in one sentence, for the holder of <paramref name="account"/>.</summary>
    public static string Sentence(Transaction transaction, Guid account)
    {
        var amount = MoneyText.Format(transaction.Amount, transaction.Currency);
        var (_, name, _) = transaction.Other(account);
        if (!transaction.IsTransfer) return transaction.Pays(account) ? $"PayFlow took {amount} off your balance." : $"PayFlow added {amount} to your balance.";
        var pays = transaction.Pays(account);
        return transaction.Status switch
        {
            Transaction.Completed when pays => $"{name} got {amount}{Took(transaction)}.",
            Transaction.Completed => $"{name} sent you {amount}.",
            Transaction.Failed when pays => $"{name} did not get {amount}. {Reason(transaction.FailureReason)} {MoneyIsSafe}",
            Transaction.Failed => "This payment did not go through.",
            _ => OnItsWay,
        };
    }

    /// <summary>How long it took, said only where it is worth saying: " · 0.2 s".</summary>
    public static string Took(Transaction transaction)
    {
        if (transaction.EndedAt is not { } ended || ended < transaction.CreatedAt || ended - transaction.CreatedAt > TimeSpan.FromMinutes(1)) return "";
        return string.Create(CultureInfo.InvariantCulture, $" · {(ended - transaction.CreatedAt).TotalSeconds:0.0} s");
    }

    /// <summary>Why a payment failed and what to do; new reasons read well too.</summary>
    public static string Reason(string? reason) => reason switch
    {
        "insufficient_funds" => "There was not enough money. Send less, or wait until money arrives.",
        "account_not_found" => "That account does not exist. Check who you pay.",
        "account_frozen" => "Your account is frozen. Unfreeze it, then try again.",
        "account_closed" => "Your account is closed.",
        "recipient_unavailable" => "They cannot receive money now. Ask them, or try later.",
        "currency_mismatch" => "Their account is kept in another currency.",
        "limit_exceeded" => "It is above a limit. Send less.",
        "expired" => "It took too long and was called off. Try again.",
        _ => "It was refused.",
    };

    /// <summary>One word of the reason for a row of a list.</summary>
    public static string ShortReason(string? reason) => reason switch
    {
        "insufficient_funds" => "Not enough money",
        "account_not_found" => "No such account",
        "account_frozen" => "Your account is frozen",
        "account_closed" => "Your account is closed",
        "recipient_unavailable" => "They cannot receive now",
        "currency_mismatch" => "Another currency",
        "limit_exceeded" => "Above a limit",
        "expired" => "Took too long",
        _ => "Refused",
    };

    /// <summary>Why the door refused a payment.</summary>
    public static string Refusal(ApiProblem problem) => problem.Code switch
    {
        "insufficient_funds" or "account_frozen" or "account_closed" or "recipient_unavailable" or "currency_mismatch" or "limit_exceeded" or "expired" => Reason(problem.Code) + " Nothing was sent.",
        "account_not_found" => "That account does not exist any more. Nothing was sent.",
        "same_account" => "That is your own account. Nothing was sent.",
        "too_many_requests" => "A lot is going on right now. Nothing was sent; try again in a moment.",
        _ => $"{problem.Detail ?? problem.Title ?? "It was refused."} Nothing was sent.",
    };

    public static string NotEnough(string available, string needed, string currency) =>
        $"Not enough money: you have {MoneyText.Format(available, currency)}, this needs {MoneyText.Format(needed, currency)}. Send less.";

    public static string Step(string step) => step switch
    {
        "initiated" => "Sent",
        "debited" => "Taken from the payer",
        "credited" => "Given to the payee",
        "completed" => "Done",
        "failed" => "Failed",
        _ => step.Length > 0 ? char.ToUpperInvariant(step[0]) + step[1..].Replace('_', ' ') : step,
    };

    public static string Initials(string name)
    {
        var parts = name.Trim('@', ' ').Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return parts.Length switch
        {
            0 => "?",
            1 => parts[0][..1].ToUpperInvariant(),
            _ => (parts[0][..1] + parts[^1][..1]).ToUpperInvariant(),
        };
    }
}
