using PayFlow.ServiceDefaults.Documentation;
using PayFlow.ServiceDefaults.Problems;
using PayFlow.Transactions.Intake;

namespace PayFlow.Transactions.Answers;

/// <summary>What all routes that move money have in common.</summary>
public static class MoneyRoutes
{
    /// <summary>
    /// The route takes an Idempotency-Key, waits as the client prefers, and is refused as intake refuses.
    /// </summary>
    public static RouteHandlerBuilder MovesMoney(this RouteHandlerBuilder route) =>
        route
            .AddEndpointFilter(AcceptedAtOnce.Filter)
            .TakesIdempotencyKey()
            .TakesHeader("Prefer", "`wait=N` answers when it has ended, or after N seconds, at most 10.")
            .Answers(IntakeProblems.RequestInProgress, ProblemCodes.TooManyRequests);
}
