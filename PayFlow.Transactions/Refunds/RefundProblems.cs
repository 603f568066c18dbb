using PayFlow.ServiceDefaults.Problems;

namespace PayFlow.Transactions.Refunds;

/// <summary>The problem codes of refunds.</summary>
public static class RefundProblems
{
    public static readonly ProblemCode NotRefundable = new(
        "not_refundable",
        409,
        "This transaction cannot be refunded by you."
    );
    public static readonly ProblemCode RefundExceeds = new(
        "refund_exceeds",
        409,
        "The refund is larger than what is left of the payment."
    );
}
