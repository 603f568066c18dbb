using PayFlow.ServiceDefaults.Amounts;
using PayFlow.Web.Api;
using PayFlow.Web.Shared;
using PayFlow.Web.Wallet.Activity;

namespace PayFlow.Web.Wallet.Refunds;

/// <summary>What the wallet says of refunds.</summary>
public static class RefundText
{
    /// <summary>What can still be refunded of a payment.</summary>
    public static Money Left(Transaction payment) =>
        Money.Parse(payment.Amount, payment.Currency) - Money.Parse(payment.RefundedAmount ?? "0", payment.Currency);

    /// <summary>Says how much went back; null where nothing did.</summary>
    public static string? Refunded(Transaction payment) =>
        payment.RefundedAmount is not { } text || Money.Parse(text, payment.Currency).Minor == 0 ? null
        : Left(payment).Minor == 0 ? "All of it was refunded."
        : $"{MoneyText.Format(text, payment.Currency)} of it was refunded.";

    /// <summary>Why nothing was refunded, or why that is not known.</summary>
    public static string Failure(ApiAnswer<Transaction> answer) =>
        answer switch
        {
            { Outcome: ApiOutcome.Unknown } =>
                "We don't know whether it went through. Try again: the money goes back only once.",
            { Problem.Code: "idempotency_key_reused" } =>
                "The refund before went through. Look at your activity before you refund more.",
            { Problem: { } problem } => $"{problem.Detail ?? problem.Title ?? "It was refused."} Nothing was refunded.",
            _ => "It was refused. Nothing was refunded.",
        };
}
