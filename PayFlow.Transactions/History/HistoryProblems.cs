using PayFlow.ServiceDefaults.Problems;

namespace PayFlow.Transactions.History;

/// <summary>The problem codes of reading transactions.</summary>
public static class HistoryProblems
{
    public static readonly ProblemCode TransactionNotFound = new(
        "transaction_not_found",
        404,
        "The transaction was not found."
    );
}
