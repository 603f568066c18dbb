using PayFlow.ServiceDefaults.Documentation;
using PayFlow.Transactions.Answers;
using PayFlow.Transactions.Lifecycle;
using PayFlow.Transactions.Payers;

namespace PayFlow.Transactions.Transfers;

/// <summary>Sending money from one account to another.</summary>
public static class TransfersModule
{
    public static void AddTransfers(this WebApplicationBuilder builder) =>
        builder.Services.AddTransactionKind<TransferKind>();

    public static void MapTransfers(this WebApplication app) =>
        app.MapGroup("/transactions")
            .WithTags("Transactions")
            .MapPost("/", SendMoney.HandleAsync)
            .Describe(
                "sendMoney",
                "Send money",
                "Accepts a payment and answers with a 202 before the money moves; `status` of "
                    + "`GET /transactions/{id}` shows the end. A repeat with the same key returns the same payment."
            )
            .MovesMoney()
            .TakesPayerRequests();
}
