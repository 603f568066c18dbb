using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using PayFlow.Accounts.Data;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.AuditChain;
using PayFlow.ServiceDefaults.Commits;
using PayFlow.ServiceDefaults.Http;
using PayFlow.ServiceDefaults.Text;

namespace PayFlow.Accounts.Identity;

/// <summary><c>POST /auth/second-factor/disable</c>, by password and code.</summary>
public static class DisableSecondFactor
{
    public sealed record Request([property: SecretText] string Password, [property: SecretText] string Code)
        : IHasExample<Request>
    {
        public static Request Example => new("payflow-demo-1", "123456");
    }

    public static async Task<Results<NoContent, ProblemHttpResult>> HandleAsync(
        Request request,
        Caller caller,
        HttpContext http,
        Reauthentication reauthentication,
        SecurityAlerts alerts,
        UnitsOfWork units,
        AccountsDbContext db,
        AuditActor who,
        CancellationToken cancellationToken
    )
    {
        var user = await reauthentication.UserAsync(caller, cancellationToken);
        if (await reauthentication.BothAsync(user, request.Password, request.Code, http) is { } refused)
            return refused;
        await using var work = await units.BeginAsync(db, cancellationToken);
        await db
            .Users.Where(row => row.Id == user.Id)
            .ExecuteUpdateAsync(
                row =>
                    row.SetProperty(one => one.TwoFactorEnabled, false)
                        .SetProperty(one => one.OneTimeSecret, (byte[]?)null)
                        .SetProperty(one => one.OneTimeStep, (long?)null),
                cancellationToken
            );
        await db.RecoveryCodes.Where(row => row.UserId == user.Id).ExecuteDeleteAsync(cancellationToken);
        await alerts.CommitAsync(
            work,
            user,
            "second_factor_off",
            new AuditEvent(AuditActions.SecondFactorOff, who, "user", user.Id.ToString()),
            cancellationToken
        );
        return TypedResults.NoContent();
    }
}
