using PayFlow.ServiceDefaults.Problems;

namespace PayFlow.Accounts.Accounts;

/// <summary>The problem codes of opening accounts.</summary>
public static class AccountProblems
{
    public static readonly ProblemCode AccountExists = new("account_exists", 409, "An open account exists already.");
    public static readonly ProblemCode HandleTaken = new("handle_taken", 409, "This handle is taken.");
    public static readonly ProblemCode EmailTaken = new(
        "email_taken",
        409,
        "This e-mail address is already registered."
    );
}
