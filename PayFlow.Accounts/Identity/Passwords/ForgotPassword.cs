using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using PayFlow.ServiceDefaults.AuditChain;
using PayFlow.ServiceDefaults.Http;
using PayFlow.ServiceDefaults.Problems;

namespace PayFlow.Accounts.Identity;

/// <summary>
/// <c>POST /auth/forgot-password</c>: sends a code to the address, if somebody has it. The answer is the same either
/// way, and so is what is written for it.
/// </summary>
public static class ForgotPassword
{
    public sealed record Request(string Email) : IHasExample<Request>
    {
        public static Request Example => new("asha@payflow.example");
    }

    public static async Task<Results<Accepted, ProblemHttpResult>> HandleAsync(
        Request request,
        UserManager<User> users,
        MailedCodes codes,
        AuditActor who,
        CancellationToken cancellationToken
    )
    {
        var email = request.Email.Trim();
        if (!EmailAddresses.IsValid(email))
            return Problem.Invalid("email", "Must be an e-mail address such as asha@example.com.");
        await codes.AskAsync(
            CodePurpose.ResetPassword,
            email,
            await users.FindByEmailAsync(email),
            who,
            cancellationToken
        );
        return TypedResults.Accepted((string?)null);
    }
}
