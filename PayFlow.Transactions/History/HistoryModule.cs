using PayFlow.ServiceDefaults.Documentation;
using PayFlow.ServiceDefaults.Problems;

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
        transactions
            .MapGet("/", ListTransactions.HandleAsync)
            .Describe(
                "listTransactions",
                "List transactions",
                "The caller's own, of all accounts or of one. Staff read those of every account. Newest first, a "
                    + "page at a time."
            )
            .Answers(ProblemCodes.AccountNotFound, ProblemCodes.InvalidCursor);
        transactions
            .MapGet("/{id}", GetTransaction.HandleAsync)
            .Describe(
                "getTransaction",
                "Get a transaction",
                "A transaction of the caller with its timeline. Staff read every transaction."
            )
            .Answers(HistoryProblems.TransactionNotFound);
        transactions
            .MapGet("/account/{accountId}", ListTransactions.OfAccountAsync)
            .Describe(
                "listTransactionsOfAccount",
                "List the transactions of an account",
                "As `GET /transactions` with `account`. Newest first, a page at a time."
            )
            .Answers(ProblemCodes.AccountNotFound, ProblemCodes.InvalidCursor);
    }
}
