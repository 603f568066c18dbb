using Microsoft.AspNetCore.Http.HttpResults;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.Amounts;
using PayFlow.ServiceDefaults.Http;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Problems;
using PayFlow.Transactions.History;

namespace PayFlow.Transactions.Holds;

/// <summary>
/// <c>POST /holds/{id}/capture</c>: the payee takes the held money, the whole of it or a part, and several parts one
/// after the other.
/// </summary>
public static class CaptureHold
{
    /// <param name="Amount">In the hold's currency; without it all that is left.</param>
    public sealed record Request(AmountText? Amount = null, string? Note = null) : IHasExample<Request>
    {
        public static Request Example => new(new AmountText("120.00"), "Dinner");
    }

    public sealed record Services(HoldRequests Holds, CaptureKind Kind);

    public static async Task<
        Results<Accepted<TransactionResponse>, Ok<TransactionResponse>, ProblemHttpResult>
    > HandleAsync(
        TransactionId id,
        Request request,
        Caller caller,
        HttpContext http,
        [AsParameters] Services services,
        CancellationToken cancellationToken
    )
    {
        if (IdempotencyKey.TryRead(http.Request, out var key) is { } refused)
            return refused;
        if (request.Note is { Length: > 200 })
            return Problem.Invalid("note", "Must have at most 200 characters.");
        var fingerprint = IdempotencyKey.Fingerprint(id.ToString(), request.Amount?.ToString(), request.Note);
        return await services.Holds.AcceptAsync(
            http,
            caller,
            id,
            (services.Kind, key, fingerprint),
            hold => Read(request, hold),
            cancellationToken
        );
    }

    private static (HoldChange? Change, ProblemHttpResult? Problem) Read(Request request, HoldRow hold)
    {
        if (request.Amount is not { } text)
        {
            var left = hold.Amount - hold.Captured;
            return left > 0
                ? (new HoldChange(left, request.Note), null)
                : (null, Problem.Of(ProblemCodes.HoldEnded, "All of the hold is captured."));
        }

        var currency = Currency.Parse(hold.Currency);
        var error = text.TryRead(currency, out var amount);
        if (error.Objection(currency) is { } objection)
            return (null, Problem.Invalid("amount", objection));
        return amount.Minor > 0
            ? (new HoldChange(amount.Minor, request.Note), null)
            : (null, Problem.Invalid("amount", "Must be above zero. Leave it out to capture the rest."));
    }
}
