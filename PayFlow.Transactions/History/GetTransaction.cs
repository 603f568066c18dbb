using Microsoft.AspNetCore.Http.HttpResults;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Problems;
using PayFlow.Transactions.Lifecycle;

namespace PayFlow.Transactions.History;

/// <summary>
/// <c>GET /transactions/{id}</c>: a transaction with its timeline, for its payer, its payee and staff.
/// </summary>
public static class GetTransaction
{
    public static async Task<Results<Ok<TransactionResponse>, ProblemHttpResult>> HandleAsync(
        TransactionId id,
        Caller caller,
        TransactionReader transactions,
        CancellationToken cancellationToken
    ) =>
        await transactions.FindRowAsync(id, cancellationToken) is { } row && IsVisible(row, caller)
            ? TypedResults.Ok(transactions.Show(row))
            : NotFound();

    private static ProblemHttpResult NotFound() =>
        Problem.Of(HistoryProblems.TransactionNotFound, "Check the id and try again.");

    /// <summary>A payment that has not arrived is for the payer, and for a payee who has asked for it.</summary>
    private static bool IsVisible(TransactionRow row, Caller caller) =>
        caller.ReadsAll
        || row.FromOwner == caller.PartyId.Value
        || (
            row.ToOwner == caller.PartyId.Value
            && (row.Status == "completed" || row.InitiatedBy == caller.PartyId.Value)
        );
}
