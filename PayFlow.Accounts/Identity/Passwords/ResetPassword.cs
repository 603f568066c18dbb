using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using PayFlow.Accounts.Data;
using PayFlow.ServiceDefaults.AuditChain;
using PayFlow.ServiceDefaults.Commits;
using PayFlow.ServiceDefaults.Http;
using PayFlow.ServiceDefaults.Problems;
using PayFlow.ServiceDefaults.Text;

namespace PayFlow.Accounts.Identity;

/// <summary>
/// <c>POST /auth/reset-password</c>: a new password by the code of the e-mail. All sessions end, a lock of passwords
/// too, and the address counts as verified; a second factor stays on. If the address was never verified, a
/// stranger may have signed up with it: second factor, recovery codes, PIN and known payees are removed as well.
/// </summary>
public static class ResetPassword
{
    public sealed record Request([property: SecretText] string Code, [property: SecretText] string Password)
        : IHasExample<Request>
    {
        public static Request Example => new("7Q2M-9KXD-4TRB", "a-new-password-5");
    }

    public sealed record Services(
        MailedCodes Codes,
        PasswordHashing Hashing,
        Sessions Sessions,
        WrongTries Tries,
        SecurityAlerts Alerts,
        StrangersTraces Traces
    );

    public static async Task<Results<NoContent, ProblemHttpResult>> HandleAsync(
        Request request,
        [AsParameters] Services services,
        AccountsDbContext db,
        UnitsOfWork units,
        AuditActor who,
        CancellationToken cancellationToken
    )
    {
        if (await services.Codes.OwnerAsync(CodePurpose.ResetPassword, request.Code, cancellationToken) is not { } user)
            return Refused();
        if (await db.ObjectionAsync(user, request.Password, cancellationToken) is { } objection)
            return Problem.Invalid("password", objection);
        var hash = await services.Hashing.HashAsync(request.Password);
        await using var work = await units.BeginAsync(db, cancellationToken);
        if (!await services.Codes.UseAsync(CodePurpose.ResetPassword, request.Code, user.Id, cancellationToken))
            return Refused();
        var wasStrangers = await services.Traces.RemoveAsync(work, user, cancellationToken);
        await db
            .Users.Where(row => row.Id == user.Id)
            .ExecuteUpdateAsync(
                row => row.SetProperty(one => one.PasswordHash, hash).SetProperty(one => one.EmailConfirmed, true),
                cancellationToken
            );
        await services.Tries.ForgetAsync(user.Id, SecretKind.Password, cancellationToken);
        var ended = await services.Sessions.EndAsync(work, user.Id, "password_reset", cancellationToken);
        // The code has just shown that the owner reads this address.
        user.EmailConfirmed = true;
        await services.Alerts.CommitAsync(
            work,
            user,
            "password_reset",
            new AuditEvent(AuditActions.PasswordReset, who, "user", user.Id.ToString())
            {
                After = new { sessionsEnded = ended, firstVerified = wasStrangers },
            },
            cancellationToken
        );
        return TypedResults.NoContent();
    }

    private static ProblemHttpResult Refused() =>
        Problem.Of(IdentityProblems.WrongCode, "Request a new code. A code works once and for a short time.");
}
