using PayFlow.Transactions.Answers;
using PayFlow.Transactions.Lifecycle;

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
            .AddEndpointFilter(AcceptedAtOnce.Filter);
}
