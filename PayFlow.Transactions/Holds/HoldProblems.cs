using PayFlow.ServiceDefaults.Problems;

namespace PayFlow.Transactions.Holds;

/// <summary>The problem codes of holds.</summary>
public static class HoldProblems
{
    public static readonly ProblemCode HoldNotFound = new("hold_not_found", 404, "The hold was not found.");
    public static readonly ProblemCode NotThePayee = new(
        "not_the_payee",
        403,
        "Only the payee of a hold can capture or release it."
    );
    public static readonly ProblemCode HoldExceeded = new(
        "hold_exceeded",
        409,
        "The amount is larger than what is left of the hold."
    );
    public static readonly ProblemCode HoldBusy = new("hold_busy", 409, "A capture of this hold is in progress.");
}
