using Microsoft.AspNetCore.Http.HttpResults;
using PayFlow.ServiceDefaults.Problems;
using PayFlow.Transactions.Spending;

namespace PayFlow.Transactions.Transactions;

/// <summary>The routes of transactions and limits.</summary>
public static class TransactionsApi
{
    public static void MapTransactions(this WebApplication app)
    {
        var transactions = app.MapGroup("/transactions").WithTags("Transactions");
        transactions.MapPost("/", SendMoney.HandleAsync).AddEndpointFilter(AcceptedAtOnce.Filter);
        transactions.MapGet("/", ListTransactions.HandleAsync);
        transactions.MapGet("/{id}", GetTransaction.HandleAsync);
        transactions.MapGet("/account/{accountId}", ListTransactions.OfAccountAsync);
        app.MapGet("/limits", ShowLimits.HandleAsync).WithTags("Limits");
    }

    public static ProblemHttpResult NotFound() => Problem.Of(ProblemCodes.TransactionNotFound, "Check the id.");
}
