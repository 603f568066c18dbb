namespace PayFlow.Transactions.History;

/// <summary>Transactions as their parties see them.</summary>
public static class HistoryModule
{
    public static void AddHistory(this WebApplicationBuilder builder)
    {
        builder.Services.AddScoped<TransactionReader>();
        builder.Services.ConfigureHttpJsonOptions(options =>
            options.SerializerOptions.TypeInfoResolverChain.Insert(0, TransactionsJson.Default)
        );
    }

    public static void MapHistory(this WebApplication app)
    {
        var transactions = app.MapGroup("/transactions").WithTags("Transactions");
        transactions.MapGet("/", ListTransactions.HandleAsync);
        transactions.MapGet("/{id}", GetTransaction.HandleAsync);
        transactions.MapGet("/account/{accountId}", ListTransactions.OfAccountAsync);
    }
}
