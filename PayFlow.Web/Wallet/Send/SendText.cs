using System.Globalization;
using PayFlow.ServiceDefaults.Failures;
using PayFlow.ServiceDefaults.Text;
using PayFlow.Web.Api;
using PayFlow.Web.Shared;
using PayFlow.Web.Wallet.Accounts;
using PayFlow.Web.Wallet.Activity;

namespace PayFlow.Web.Wallet.Send;

/// <summary>What the wallet says while somebody pays: short, human, exact. Never a code alone.</summary>
public static class SendText
{
    public const string WeDoNotKnow =
        "We don't know whether the last attempt went through. Check activity before you pay again.";

    /// <summary>Why the door refused a payment.</summary>
    public static string Refusal(ApiProblem problem) =>
        problem.Code switch
        {
            "limit_exceeded" when problem.Detail is { } detail => detail + " Send less. Nothing was sent.",
            { } code when FailureReasons.Find(code) is { } failure => $"{failure.ToPayer.English} Nothing was sent.",
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
            TypedAmountProblem.TooManyDecimals => ServiceDefaults.Amounts.Currency.Parse(currency).Exponent
                is > 0
                    and var digits
                ? $"{currency} has at most {digits} digits after the point."
                : $"{currency} has no digits after the point.",
            TypedAmountProblem.OutOfRange => "That is more than any account can hold.",
            _ => $"Type an amount such as {Example(currency)}.",
        };

    private static string Example(string currency) =>
        ServiceDefaults.Amounts.Currency.Parse(currency).Exponent switch
        {
            0 => "250",
            3 => "250.500",
            _ => "250.50",
        };

    public static string NotEnough(string available, string needed, string currency) =>
        $"Not enough money: you have {MoneyText.Format(available, currency)}, this needs "
        + $"{MoneyText.Format(needed, currency)}. Send less.";

    /// <summary>How much can be sent now: the smallest of the balance and the limits.</summary>
    /// <param name="limits">Null where they are not known.</param>
    public static string CanSend(Balance balance, AccountLimits? limits)
    {
        var most = ServiceDefaults.Amounts.Money.Parse(balance.Available, balance.Currency);
        if (
            limits is not null
            && limits.Currency == balance.Currency
            && ServiceDefaults.Amounts.Money.Parse(Tightest(limits).Limit.Left, limits.Currency) is var left
            && left < most
        )
            most = left;
        var sendable = most.Minor < 0 ? ServiceDefaults.Amounts.Money.Zero(most.Currency) : most;
        return $"You can send {MoneyText.Format(sendable)} now.";
    }

    /// <summary>Null where a limit lets the amount through.</summary>
    public static string? OverLimit(AccountLimits limits, ServiceDefaults.Amounts.Money amount)
    {
        if (amount.Currency.Code != limits.Currency)
            return null;
        var (left, which) = Tightest(limits);
        if (amount <= ServiceDefaults.Amounts.Money.Parse(left.Left, limits.Currency))
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
            ServiceDefaults.Amounts.Money.Parse(limit.Item1.Left, limits.Currency).Minor
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
                    + $"{ActivityList.TimeOfDay(until, zone)}. To unlock it now, set a new one with your password. "
                    + "Nothing was sent.",
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
}
