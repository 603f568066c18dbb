using System.Text.Json;
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

namespace PayFlow.Transactions.Transfers;

/// <summary>
/// <c>POST /transactions</c>: accepts a transfer. A refused request creates nothing. The ledger decides whether the
/// money moves, and <c>status</c> shows it.
/// </summary>
public static class SendMoney
{
    /// <param name="ToAccount">An account's id or number, or a handle such as <c>@asha</c>.</param>
    /// <param name="ExpiresAt">From this instant on the ledger refuses it; 15 minutes from now unless sooner.</param>
    public sealed record Request(
        AccountId FromAccount,
        string ToAccount,
        AmountText Amount,
        string Currency,
        string? Note = null,
        string? ExternalReference = null,
        Dictionary<string, string>? Metadata = null,
        DateTimeOffset? ExpiresAt = null
    ) : IHasExample<Request>
    {
        public static Request Example =>
            new(SampleHistory.AccountOf(1), "@neha", new AmountText("125.50"), "INR", "Chai");
    }

    public sealed record Services(PayerRequests Payers, TransferKind Kind, TimeProvider Clock);

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
        if (Check(request, now, out var amount) is { } invalid)
            return invalid;

        return await services.Payers.AcceptAsync(
            http,
            caller,
            new PayerRequest(services.Kind, TransactionId.New(services.Clock), request.FromAccount, request.ToAccount)
            {
                Amount = amount,
                Note = request.Note,
                ExternalReference = request.ExternalReference,
                Metadata = request.Metadata is null ? null : JsonSerializer.Serialize(request.Metadata),
                Key = key,
                Fingerprint = Fingerprint(request, amount),
                CreatedAt = now,
                ExpiresAt = Transfer.ExpiryAt(now, request.ExpiresAt),
            },
            cancellationToken
        );
    }

    private static ProblemHttpResult? Check(Request request, DateTimeOffset now, out Money amount)
    {
        var errors = new FieldErrors();
        amount = PayerRequest.ReadAmount(errors, request.Amount, request.Currency);
        PayerRequest
            .Check(errors, request.ToAccount, request.Note)
            .AddIf(
                request.ExternalReference is { Length: > 100 },
                "externalReference",
                "Must have at most 100 characters."
            )
            .AddIf(request.ExpiresAt > now + Transfer.LongestWait, "expiresAt", "At most 15 minutes from now.")
            .AddIf("metadata", MetadataObjection(request.Metadata));
        return errors.Any ? errors.ToProblem() : null;
    }

    /// <returns>What is wrong; null where nothing is.</returns>
    private static string? MetadataObjection(Dictionary<string, string>? metadata) =>
        metadata is null ? null
        : metadata.Count > 20 ? "Must have at most 20 entries."
        : metadata.Keys.Any(name => name.Length is 0 or > 50) ? "Each name must have 1 to 50 characters."
        : metadata.Values.Any(value => value is null) ? "Each value must be a text. Leave out what has none."
        : metadata.Values.Any(value => value.Length > 500) ? "Each value must have at most 500 characters."
        : null;

    private static byte[] Fingerprint(Request request, Money amount) =>
        IdempotencyKey.Fingerprint(
            request.FromAccount.ToString(),
            request.ToAccount,
            amount.ToString(),
            amount.Currency.Code,
            request.Note,
            request.ExternalReference,
            request.Metadata is null
                ? null
                : JsonSerializer.Serialize(
                    new SortedDictionary<string, string>(request.Metadata, StringComparer.Ordinal)
                ),
            request.ExpiresAt?.ToUniversalTime().ToString("O")
        );
}
