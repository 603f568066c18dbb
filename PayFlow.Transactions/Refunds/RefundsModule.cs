using PayFlow.Transactions.Answers;
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
            .AddEndpointFilter(AcceptedAtOnce.Filter);
}
