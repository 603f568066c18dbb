using System.Globalization;
using PayFlow.ServiceDefaults.Failures;
using PayFlow.ServiceDefaults.Text;
using PayFlow.Web.Shared;

namespace PayFlow.Web.Wallet.Activity;

/// <summary>What the wallet says of payments: short, human, exact. Never a code alone.</summary>
public static class ActivityText
{
    public const string OnItsWay = "On its way. You can leave this page; we'll tell you.";

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
            : transaction.Status != Transaction.Completed ? $"{name} did not get your payment. {Reason(transaction)}"
            : transaction.IsRefund ? (pays ? $"{name} got your refund." : $"{name} refunded you money.")
            : pays ? $"{name} got your payment."
            : $"{name} sent you money.";
    }

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
        if (transaction.IsHold)
            return HoldSentence(transaction, name, amount, pays);
        return transaction.Status switch
        {
            Transaction.Completed when transaction.IsRefund && pays => $"You refunded {name} {amount}.",
            Transaction.Completed when transaction.IsRefund => $"{name} refunded you {amount}.",
            Transaction.Failed when transaction.IsRefund && pays =>
                $"{name} did not get the refund of {amount}. {Reason(transaction)}",
            Transaction.Completed when pays => $"{name} got {amount}{Took(transaction)}.",
            Transaction.Completed => $"{name} sent you {amount}.",
            Transaction.Failed when pays => $"{name} did not get {amount}. {Reason(transaction)}",
            Transaction.Failed => "This payment did not go through.",
            _ => OnItsWay,
        };
    }

    private static string HoldSentence(Transaction hold, string name, string amount, bool pays) =>
        (hold.Type, hold.Status) switch
        {
            (_, Transaction.Failed) when pays => $"{amount} was not set aside for {name}. {Reason(hold)}",
            (_, Transaction.Failed) => "This hold was not changed.",
            ("hold", Transaction.Completed) when pays => $"You set aside {amount} for {name}.",
            ("hold", Transaction.Completed) => $"{name} set aside {amount} for you.",
            (_, Transaction.Completed) when pays => $"{amount} that you set aside for {name} is available again.",
            (_, Transaction.Completed) => $"You released {amount} to {name}.",
            _ => OnItsWay,
        };

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

    private static string Reason(Transaction transaction) =>
        $"{FailureReasons.ToPayer(transaction.FailureReason)} {MoneyText.MoneyIsSafe}";

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
