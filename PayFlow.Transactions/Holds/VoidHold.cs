using Microsoft.AspNetCore.Http.HttpResults;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.Http;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Problems;
using PayFlow.Transactions.History;

namespace PayFlow.Transactions.Holds;

/// <summary>
/// <c>POST /holds/{id}/void</c>: the payee does not take what is left of a hold, so that the payer can spend it.
/// </summary>
public static class VoidHold
{
    public static async Task<
        Results<Accepted<TransactionResponse>, Ok<TransactionResponse>, ProblemHttpResult>
    > HandleAsync(
        TransactionId id,
        Caller caller,
        HttpContext http,
        HoldRequests holds,
        ReleaseKind kind,
        CancellationToken cancellationToken
    )
    {
        if (IdempotencyKey.TryRead(http.Request, out var key) is { } refused)
            return refused;
        return await holds.AcceptAsync(
            http,
            caller,
            id,
            (kind, key, IdempotencyKey.Fingerprint(id.ToString())),
            Release,
            cancellationToken
        );

        static (HoldChange?, ProblemHttpResult?) Release(HoldRow hold) =>
            hold.Amount > hold.Captured
                ? (Rest(hold, HoldStatus.Released), null)
                : (null, Problem.Of(ProblemCodes.HoldEnded, "All of the hold is captured. Refund the payer instead."));
    }

    /// <summary>All that is left of a hold.</summary>
    internal static HoldChange Rest(HoldRow hold, HoldStatus status) =>
        new(hold.Amount - hold.Captured, Details: new ReleaseKind.Terms(status).ToJson());
}
