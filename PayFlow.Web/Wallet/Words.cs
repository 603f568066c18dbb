using System.Globalization;
using PayFlow.ServiceDefaults.Text;
using PayFlow.Web.Api;

namespace PayFlow.Web.Wallet;

/// <summary>What the wallet says: short, human, exact. Never a code alone.</summary>
public static class Words
{
    public const string WeDoNotKnow =
        "We don't know whether the last attempt went through. Check activity before you pay again.";
    public const string OnItsWay = "On its way. You can leave this page; we'll tell you.";
    public const string MoneyIsSafe = "Your money is safe.";

    /// <summary>
    /// What to say in passing of a payment that has ended, for the holder of <paramref name="account"/>; null where it
    /// is not theirs to know.
    /// </summary>
    public static string? News(Transaction transaction, Guid account, bool hidesAmounts)
    {
        var pays = transaction.Pays(account);
        if (transaction.Status != Transaction.Completed && !pays)
            return null;
        if (!hidesAmounts)
            return Sentence(transaction, account);
        var name = Isolation.Isolate(transaction.Other(account).Name);
        return !transaction.IsTransfer ? "Your balance has changed."
            : transaction.Status != Transaction.Completed
                ? $"{name} did not get your payment. {Reason(transaction.FailureReason)} {MoneyIsSafe}"
            : pays ? $"{name} got your payment."
            : $"{name} sent you money.";
    }

    /// <summary>What a notification is about without its amount; null where it tells none.</summary>
    public static string? WithoutAmount(string kind) =>
        kind switch
        {
            "money_received" => "Money arrived",
            "money_sent" => "Your payment arrived",
            "payment_failed" => "A payment was not sent",
            "adjustment" => "Your balance was changed",
            _ => null,
        };

    /// <summary>The state of a payment in one sentence, for the holder of <paramref name="account"/>.</summary>
    public static string Sentence(Transaction transaction, Guid account)
    {
        var amount = MoneyText.Format(transaction.Amount, transaction.Currency);
        var name = Isolation.Isolate(transaction.Other(account).Name);
        if (!transaction.IsTransfer)
            return transaction.Pays(account)
                ? $"PayFlow took {amount} off your balance."
                : $"PayFlow added {amount} to your balance.";
        var pays = transaction.Pays(account);
        return transaction.Status switch
        {
            Transaction.Completed when pays => $"{name} got {amount}{Took(transaction)}.",
            Transaction.Completed => $"{name} sent you {amount}.",
            Transaction.Failed when pays =>
                $"{name} did not get {amount}. {Reason(transaction.FailureReason)} {MoneyIsSafe}",
            Transaction.Failed => "This payment did not go through.",
            _ => OnItsWay,
        };
    }

    /// <summary>How long it took, said only where it is worth saying: " · 0.2 s".</summary>
    public static string Took(Transaction transaction)
    {
        if (
            transaction.EndedAt is not { } ended
            || ended < transaction.CreatedAt
            || ended - transaction.CreatedAt > TimeSpan.FromMinutes(1)
        )
            return "";
        return string.Create(CultureInfo.InvariantCulture, $" · {(ended - transaction.CreatedAt).TotalSeconds:0.0} s");
    }

    /// <summary>Why a payment failed and what to do; new reasons read well too.</summary>
    public static string Reason(string? reason) =>
        reason switch
        {
            "insufficient_funds" => "Your wallet did not have enough money. Send less, or add money first.",
            "account_not_found" => "The payee's account does not exist. Check the payee.",
            "account_frozen" => "Your account is frozen. Contact support to unfreeze it, then try again.",
            "account_closed" => "Your account is closed.",
            "recipient_unavailable" => "The payee cannot receive money now. Ask them, or try again later.",
            "currency_mismatch" => "The payee's account has another currency.",
            "limit_exceeded" => "The payment exceeds a limit. Send less.",
            "expired" => "The payment expired before it was sent. Try again.",
            _ => "It was refused.",
        };

    /// <summary>One word of the reason for a row of a list.</summary>
    public static string ShortReason(string? reason) =>
        reason switch
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
    public static string Refusal(ApiProblem problem) =>
        problem.Code switch
        {
            "limit_exceeded" when problem.Detail is { } detail => detail + " Send less. Nothing was sent.",
            "insufficient_funds"
            or "account_frozen"
            or "account_closed"
            or "recipient_unavailable"
            or "currency_mismatch"
            or "limit_exceeded"
            or "expired" => Reason(problem.Code) + " Nothing was sent.",
            "account_not_found" => "The payee's account no longer exists. Nothing was sent.",
            "same_account" => "That is your own account. Nothing was sent.",
            "too_many_requests" => "PayFlow is very busy right now. Nothing was sent; try again in a moment.",
            _ => $"{problem.Detail ?? problem.Title ?? "It was refused."} Nothing was sent.",
        };

    /// <summary>Why a look-up of <paramref name="whom"/> was refused.</summary>
    public static string NotFound(ApiProblem? problem, string whom) =>
        problem?.Status switch
        {
            StatusCodes.Status404NotFound when whom.All(char.IsAsciiDigit) =>
                $"No account has the number {whom}. Check the digits.",
            StatusCodes.Status404NotFound => $"Nobody was found for {whom}. Check the spelling.",
            StatusCodes.Status429TooManyRequests => "PayFlow is very busy right now. Try again in a moment.",
            _ => problem?.Detail ?? "We can't look people up right now. Try again in a moment.",
        };

    /// <summary>Said in place of a form, since a payment to a closed wallet would only fail.</summary>
    public static string PayeeClosed(string payee) =>
        $"{Isolation.Isolate(payee)} has closed their wallet. Nothing can be paid into it.";

    /// <summary>Said in place of what can be sent, while the wallet is frozen or closed.</summary>
    public static string CannotSend(string status) =>
        status == "closed"
            ? "Nothing can be sent from a closed wallet."
            : "Nothing can be sent until your wallet is unfrozen.";

    /// <summary>Said where the page that would show more was left.</summary>
    public static string NotSentYet(string payee) =>
        $"{Isolation.Isolate(payee)} was not paid yet. What you typed waits under Send.";

    /// <summary>Said where the page that would ask again was left.</summary>
    public static string NotKnownYet(string payee) =>
        $"We don't know whether {Isolation.Isolate(payee)} was paid. Look under Send.";

    /// <summary>Why it is not known whether a payment went through.</summary>
    public static string WhyUnknown(ApiProblem? turnedAway) =>
        turnedAway?.Status switch
        {
            StatusCodes.Status401Unauthorized =>
                "You are signed out. Sign in again: this payment is kept until we know.",
            StatusCodes.Status429TooManyRequests =>
                "PayFlow is very busy, so we could not find out. Wait a moment, then try again.",
            _ => "The answer got lost on the way.",
        };

    /// <summary>A currency as its people call it: "rupees". Others by their code.</summary>
    public static string CurrencyName(string currency) => currency == "INR" ? "rupees" : currency;

    /// <summary>Why a typed amount cannot be paid, and what to do.</summary>
    public static string AmountProblem(TypedAmountProblem problem, string currency) =>
        problem switch
        {
            TypedAmountProblem.Missing => "Type an amount.",
            TypedAmountProblem.Zero => "Type an amount above zero.",
            TypedAmountProblem.Negative => "Type the amount without a minus.",
            TypedAmountProblem.Ambiguous =>
                $"This amount is ambiguous. Use only digits and a decimal point, such as {Example(currency)}.",
            TypedAmountProblem.TooManyDecimals when currency == "INR" => "Paise have two digits after the point.",
            TypedAmountProblem.TooManyDecimals => ServiceDefaults.Monetary.Currency.Parse(currency).Exponent
                is > 0
                    and var digits
                ? $"{currency} has at most {digits} digits after the point."
                : $"{currency} has no digits after the point.",
            TypedAmountProblem.OutOfRange => "That is more than any account can hold.",
            _ => $"Type an amount such as {Example(currency)}.",
        };

    private static string Example(string currency) =>
        ServiceDefaults.Monetary.Currency.Parse(currency).Exponent switch
        {
            0 => "250",
            3 => "250.500",
            _ => "250.50",
        };

    public static string NotEnough(string available, string needed, string currency) =>
        $"Not enough money: you have {MoneyText.Format(available, currency)}, this needs {MoneyText.Format(needed, currency)}. Send less.";

    /// <summary>How much can be sent now: the smallest of the balance and the limits.</summary>
    /// <param name="limits">Null where they are not known.</param>
    public static string CanSend(Balance balance, AccountLimits? limits)
    {
        var most = ServiceDefaults.Monetary.Money.Parse(balance.Available, balance.Currency);
        if (
            limits is not null
            && limits.Currency == balance.Currency
            && ServiceDefaults.Monetary.Money.Parse(Tightest(limits).Limit.Left, limits.Currency) is var left
            && left < most
        )
            most = left;
        return $"You can send {MoneyText.Format(most.Minor < 0 ? ServiceDefaults.Monetary.Money.Zero(most.Currency) : most)} now.";
    }

    /// <summary>Null where a limit lets the amount through.</summary>
    public static string? OverLimit(AccountLimits limits, ServiceDefaults.Monetary.Money amount)
    {
        if (amount.Currency.Code != limits.Currency)
            return null;
        var (left, which) = Tightest(limits);
        if (amount <= ServiceDefaults.Monetary.Money.Parse(left.Left, limits.Currency))
            return null;
        // The date in the limit's own time zone: it says when it starts anew there.
        var wait = left.ResetsAt is { } resets
            ? string.Create(CultureInfo.InvariantCulture, $" Send less, or wait until {resets:d MMMM}.")
            : " Send less.";
        return which switch
        {
            0 => $"That is too much at once: you can send up to {Left(left, limits)}.{wait}",
            1 => $"That is above your limit: you can send {Left(left, limits)} more today.{wait}",
            _ => $"That is above your limit: you can send {Left(left, limits)} more this month.{wait}",
        };
    }

    private static string Left(Limit limit, AccountLimits limits) => MoneyText.Format(limit.Left, limits.Currency);

    private static (Limit Limit, int Which) Tightest(AccountLimits limits) =>
        new[] { (limits.Transaction, 0), (limits.Day, 1), (limits.Month, 2) }.MinBy(limit =>
            ServiceDefaults.Monetary.Money.Parse(limit.Item1.Left, limits.Currency).Minor
        );

    /// <summary>Why the PIN is asked for.</summary>
    public static string ConfirmationWish(ApiProblem wish, string payee) =>
        wish switch
        {
            { Code: "confirmation_invalid" } => "That took too long. Enter your payment PIN again.",
            { Reason: "new_payee" } =>
                $"You pay {Isolation.Isolate(payee)} for the first time, or after a long time. Enter your payment PIN "
                    + "to go on.",
            { Reason: "day_sum" } => "You have reached today's total without your payment PIN. Enter it to continue.",
            _ => "Payments of this size need your payment PIN.",
        };

    /// <summary>What became of a PIN, and what to do.</summary>
    /// <param name="zone">Of the person, for the time until which it is locked.</param>
    public static string ConfirmationRefusal(ApiProblem problem, TimeZoneInfo zone) =>
        problem.Code switch
        {
            "wrong_pin" => $"The payment PIN is wrong. {TriesLeft(problem.TriesLeft)} Nothing was sent.",
            "too_many_tries" when problem.LockedUntil is { } until =>
                "Too many wrong attempts. Your PIN is locked until "
                    + $"{ActivityList.TimeOfDay(until, zone)}. To unlock it now, set a new one with your password. Nothing was sent.",
            "too_many_tries" =>
                "Too many wrong attempts. Wait a while, or set a new PIN with your password. Nothing was sent.",
            "rate_limited" => "Too many attempts in a short time. Wait a few seconds, then try again. "
                + "Nothing was sent.",
            "too_many_requests" => "PayFlow is very busy right now. Try again in a moment. Nothing was sent.",
            "pin_not_set" =>
                "You have no payment PIN yet. Set one, then come back: what you typed stays. Nothing was sent.",
            "validation" => "A payment PIN has 4 to 6 digits. Nothing was sent.",
            null => "We could not check your PIN. Try again in a moment. Nothing was sent.",
            _ => $"{problem.Detail ?? problem.Title ?? "It was refused."} Nothing was sent.",
        };

    private static string TriesLeft(int? left) =>
        left switch
        {
            null => "Try again.",
            1 => "You have 1 attempt left before the PIN is locked.",
            _ => string.Create(CultureInfo.InvariantCulture, $"You have {left} attempts left."),
        };

    public static string Step(string step) =>
        step switch
        {
            "initiated" => "Sent",
            "debited" => "Taken from the payer",
            "credited" => "Given to the payee",
            "completed" => "Done",
            "failed" => "Failed",
            _ => step.Length > 0 ? char.ToUpperInvariant(step[0]) + step[1..].Replace('_', ' ') : step,
        };
}
