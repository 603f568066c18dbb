using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.Documentation;
using PayFlow.ServiceDefaults.Problems;
using PayFlow.Transactions.Answers;
using PayFlow.Transactions.Intake;
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
            .AddEndpointFilter(AcceptedAtOnce.Filter)
            .Describe(
                "sendMoney",
                "Send money",
                "Accepts a payment and answers with a 202 before the money moves; `status` of "
                    + "`GET /transactions/{id}` shows the end. A repeat with the same key returns the same payment."
            )
            .TakesIdempotencyKey()
            .TakesHeader("Prefer", "`wait=N` answers when the payment has ended, or after N seconds, at most 10.")
            .TakesHeader(
                PaymentConfirmationClaims.Header,
                "The `confirmation` of `POST /auth/confirm`, where the payment needs one."
            )
            .Answers(
                ProblemCodes.AccountNotFound,
                ProblemCodes.SameAccount,
                ProblemCodes.LimitExceeded,
                IntakeProblems.ConfirmationRequired,
                IntakeProblems.ConfirmationInvalid,
                IntakeProblems.RequestInProgress,
                ProblemCodes.TooManyRequests
            );
}
