using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using PayFlow.Accounts.Data;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.AuditChain;
using PayFlow.ServiceDefaults.Commits;
using PayFlow.ServiceDefaults.Http;
using PayFlow.ServiceDefaults.Problems;
using PayFlow.ServiceDefaults.Text;

namespace PayFlow.Accounts.Identity;

/// <summary>
/// <c>POST /auth/verify-email</c>: by the code of the e-mail, signed in or not. <c>POST /auth/verify-email/send</c>
/// sends another one. Nothing waits for it: who has not verified an address pays and is paid all the same.
/// </summary>
public static class VerifyEmail
{
    public sealed record Request([property: SecretText] string Code) : IHasExample<Request>
    {
        public static Request Example => new("7Q2M-9KXD-4TRB");
    }

    public static async Task<Results<NoContent, ProblemHttpResult>> HandleAsync(
        Request request,
        MailedCodes codes,
        AccountsDbContext db,
        UnitsOfWork units,
        AuditActor who,
        CancellationToken cancellationToken
    )
    {
        if (await codes.OwnerAsync(CodePurpose.VerifyEmail, request.Code, cancellationToken) is not { } user)
            return Refused();
        await using var work = await units.BeginAsync(db, cancellationToken);
        if (!await codes.UseAsync(CodePurpose.VerifyEmail, request.Code, user.Id, cancellationToken))
            return Refused();
        await db
            .Users.Where(row => row.Id == user.Id)
            .ExecuteUpdateAsync(row => row.SetProperty(one => one.EmailConfirmed, true), cancellationToken);
        work.Audit(new AuditEvent(AuditActions.EmailVerified, who, "user", user.Id.ToString()));
        await work.CommitAsync(cancellationToken);
        return TypedResults.NoContent();
    }

    public static async Task<Accepted> SendAsync(
        Caller caller,
        Reauthentication reauthentication,
        MailedCodes codes,
        AuditActor who,
        CancellationToken cancellationToken
    )
    {
        var user = await reauthentication.UserAsync(caller, cancellationToken);
        await codes.AskAsync(CodePurpose.VerifyEmail, user.Email!, user, who, cancellationToken);
        return TypedResults.Accepted((string?)null);
    }

    private static ProblemHttpResult Refused() =>
        Problem.Of(IdentityProblems.WrongCode, "Request a new code. A code works once and for a short time.");
}
