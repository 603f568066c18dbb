using PayFlow.ServiceDefaults.Problems;

namespace PayFlow.Transactions.Intake;

/// <summary>The problem codes of the admission of a payment.</summary>
public static class IntakeProblems
{
    public static readonly ProblemCode ConfirmationRequired = new(
        "confirmation_required",
        403,
        "This payment requires a confirmation."
    );
    public static readonly ProblemCode ConfirmationInvalid = new(
        "confirmation_invalid",
        403,
        "The payment confirmation is not valid."
    );
    public static readonly ProblemCode RequestInProgress = new(
        "request_in_progress",
        409,
        "An earlier request with this key is still in progress."
    );
}
