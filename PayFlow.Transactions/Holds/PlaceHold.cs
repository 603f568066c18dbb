using Microsoft.AspNetCore.Http.HttpResults;
using PayFlow.ServiceDefaults;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.Amounts;
using PayFlow.ServiceDefaults.Connections;
using PayFlow.ServiceDefaults.Http;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Problems;
using PayFlow.Transactions.History;
using PayFlow.Transactions.Intake;
using PayFlow.Transactions.Payers;

namespace PayFlow.Transactions.Holds;

/// <summary>
/// <c>POST /holds</c>: sets an amount aside for a payee, who captures it later. It counts for the payer's limits and is
/// confirmed as a payment is.
/// </summary>
public static class PlaceHold
{
    private static readonly TimeSpan Usual = TimeSpan.FromDays(7);
    private static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    /// <param name="ToAccount">An account's id or number, or a handle such as <c>@chaipoint</c>.</param>
    /// <param name="ExpiresAt">
    /// From this instant on nothing is captured, and the rest is released; in 7 days unless given, in 30 at most.
    /// </param>
    public sealed record Request(
        AccountId FromAccount,
        string ToAccount,
        AmountText Amount,
        string Currency,
        string? Note = null,
        DateTimeOffset? ExpiresAt = null
    ) : IHasExample<Request>
    {
        public static Request Example =>
            new(SampleHistory.AccountOf(1), "@chaipoint", new AmountText("500.00"), "INR", "Table for six on Friday");
    }

    public sealed record Services(PayerRequests Payers, HoldKind Kind, TimeProvider Clock);

    public static async Task<
        Results<Accepted<TransactionResponse>, Ok<TransactionResponse>, ProblemHttpResult>
    > HandleAsync(
        Request request,
        Caller caller,
        HttpContext http,
        [AsParameters] Services services,
        CancellationToken cancellationToken
    )
    {
        if (IdempotencyKey.TryRead(http.Request, out var key) is { } refused)
            return refused;
        var now = services.Clock.GetDatabaseNow();
        var errors = new FieldErrors();
        var amount = PayerRequest.ReadAmount(errors, request.Amount, request.Currency);
        PayerRequest
            .Check(errors, request.ToAccount, request.Note)
            .AddIf(request.ExpiresAt <= now, "expiresAt", "Must be in the future.")
            .AddIf(request.ExpiresAt > now + Longest, "expiresAt", "Must be at most 30 days from now.");
        if (errors.Any)
            return errors.ToProblem();

        var expiresAt = request.ExpiresAt?.ToUniversalTime();
        return await services.Payers.AcceptAsync(
            http,
            caller,
            new PayerRequest(services.Kind, TransactionId.New(services.Clock), request.FromAccount, request.ToAccount)
            {
                Amount = amount,
                Note = request.Note,
                Details = new HoldKind.Terms(expiresAt ?? now + Usual).ToJson(),
                Key = key,
                Fingerprint = IdempotencyKey.Fingerprint(
                    request.FromAccount.ToString(),
                    request.ToAccount,
                    amount.ToString(),
                    amount.Currency.Code,
                    request.Note,
                    expiresAt?.ToString("O")
                ),
                CreatedAt = now,
                ExpiresAt = Transfer.ExpiryAt(now, expiresAt),
            },
            cancellationToken
        );
    }
}
