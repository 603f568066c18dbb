using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.Documentation;
using PayFlow.ServiceDefaults.Problems;
using PayFlow.Transactions.Intake;

namespace PayFlow.Transactions.Payers;

/// <summary>What all routes for requests of payers have in common.</summary>
public static class PayerRoutes
{
    /// <summary>The route takes a confirmation, and is refused as <see cref="PayerRequests"/> refuses.</summary>
    public static RouteHandlerBuilder TakesPayerRequests(this RouteHandlerBuilder route) =>
        route
            .TakesHeader(
                PaymentConfirmationClaims.Header,
                "The `confirmation` of `POST /auth/confirm`, where the payment needs one."
            )
            .Answers(
                ProblemCodes.AccountNotFound,
                ProblemCodes.SameAccount,
                ProblemCodes.LimitExceeded,
                IntakeProblems.ConfirmationRequired,
                IntakeProblems.ConfirmationInvalid
            );
}
