using PayFlow.ServiceDefaults.Documentation;
using PayFlow.Transactions.Answers;
using PayFlow.Transactions.History;
using PayFlow.Transactions.Lifecycle;

namespace PayFlow.Transactions.Refunds;

/// <summary>Payments that their payees send back.</summary>
public static class RefundsModule
{
    public static void AddRefunds(this WebApplicationBuilder builder)
    {
        builder.Services.AddTransactionKind<RefundKind>();
        builder.Services.AddSingleton<RefundAdmission>();
    }

    public static void MapRefunds(this WebApplication app) =>
        app.MapGroup("/transactions")
            .WithTags("Transactions")
            .MapPost("/{id}/refunds", RefundPayment.HandleAsync)
            .Describe(
                "refundPayment",
                "Refund a payment",
                "The payee sends a completed payment back, the whole of it or a part. Several parts are possible, up "
                    + "to the amount of the payment."
            )
            .MovesMoney()
            .Answers(HistoryProblems.TransactionNotFound, RefundProblems.NotRefundable, RefundProblems.RefundExceeds);
}
