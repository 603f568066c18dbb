using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using PayFlow.Accounts.Data;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.AuditChain;
using PayFlow.ServiceDefaults.Http;
using PayFlow.ServiceDefaults.Problems;
using PayFlow.ServiceDefaults.Text;

namespace PayFlow.Accounts.Identity;

/// <summary>
/// <c>PUT /auth/password</c>: needs the current password, and a code if the second factor is on. All other sessions
/// end, because a thief may hold one.
/// </summary>
public static class ChangePassword
{
    /// <param name="Code">Of the second factor, or a recovery code, where it is on.</param>
    public sealed record Request(
        [property: SecretText] string CurrentPassword,
        [property: SecretText] string NewPassword,
        [property: SecretText] string? Code = null
    ) : IHasExample<Request>
    {
        public static Request Example => new("payflow-demo-1", "a-new-password-5");
    }

    public static async Task<Results<NoContent, ProblemHttpResult>> HandleAsync(
        Request request,
        Caller caller,
        [AsParameters] CredentialServices services,
        PasswordHashing hashing,
        Sessions sessions,
        CancellationToken cancellationToken
    )
    {
        var user = await services.Reauthentication.UserAsync(caller, cancellationToken);
        var objection =
            request.NewPassword == request.CurrentPassword
                ? "The new password must differ from the current one."
                : await services.Db.ObjectionAsync(user, request.NewPassword, cancellationToken);
        if (objection is not null)
            return Problem.Invalid("newPassword", objection);
        var refused = await services.Reauthentication.AndCodeAsync(
            user,
            () => services.Reauthentication.PasswordAsync(user, request.CurrentPassword, services.Http),
            request.Code,
            services.Http
        );
        if (refused is not null)
            return refused;

        var hash = await hashing.HashAsync(request.NewPassword);
        await using var work = await services.Units.BeginAsync(services.Db, cancellationToken);
        var changed =
            await services
                .Db.Users.Where(row => row.Id == user.Id && row.ProofStamp == user.ProofStamp)
                .ExecuteUpdateAsync(row => row.SetProperty(one => one.PasswordHash, hash), cancellationToken) == 1;
        if (!changed)
            return Problem.Of(
                IdentityProblems.WrongPassword,
                "The password was changed a moment ago. Sign in again with the new one."
            );
        var ended = await sessions.EndAsync(
            work,
            user.Id,
            "password_changed",
            cancellationToken,
            except: caller.SessionId.Value
        );
        await services.Alerts.CommitAsync(
            work,
            user,
            "password_changed",
            new AuditEvent(AuditActions.PasswordChanged, services.Actor, "user", user.Id.ToString())
            {
                After = new { sessionsEnded = ended },
            },
            cancellationToken
        );
        return TypedResults.NoContent();
    }

    /// <returns>Null where this user may use the password.</returns>
    public static async Task<string?> ObjectionAsync(
        this AccountsDbContext db,
        User user,
        string password,
        CancellationToken cancellationToken
    )
    {
        var party = await db.Parties.AsNoTracking().SingleAsync(row => row.Id == user.PartyId, cancellationToken);
        return PasswordRules.Objection(password, party.Email, party.Name, party.Handle?.TrimStart('@') ?? party.Name);
    }
}
