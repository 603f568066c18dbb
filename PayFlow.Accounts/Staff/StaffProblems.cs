using PayFlow.ServiceDefaults.Problems;

namespace PayFlow.Accounts.Staff;

/// <summary>The problem codes of staff work on people.</summary>
public static class StaffProblems
{
    public static readonly ProblemCode PersonNotFound = new("person_not_found", 404, "The person was not found.");
    public static readonly ProblemCode AlreadyRequested = new("already_requested", 409, "This was requested already.");
}
