using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.AuditChain;
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
        [AsParameters] CredentialServices services,
        CancellationToken cancellationToken
    )
    {
        var user = await services.Reauthentication.UserAsync(caller, cancellationToken);
        if (
            await services.Reauthentication.BothAsync(user, request.Password, request.Code, services.Http) is
            { } refused
        )
            return refused;
        await using var work = await services.Units.BeginAsync(services.Db, cancellationToken);
        await services
            .Db.Users.Where(row => row.Id == user.Id)
            .ExecuteUpdateAsync(
                row =>
                    row.SetProperty(one => one.TwoFactorEnabled, false)
                        .SetProperty(one => one.OneTimeSecret, (byte[]?)null)
                        .SetProperty(one => one.OneTimeStep, (long?)null),
                cancellationToken
            );
        await services.Db.RecoveryCodes.Where(row => row.UserId == user.Id).ExecuteDeleteAsync(cancellationToken);
        await services.Alerts.CommitAsync(
            work,
            user,
            "second_factor_off",
            new AuditEvent(AuditActions.SecondFactorOff, services.Actor, "user", user.Id.ToString()),
            cancellationToken
        );
        return TypedResults.NoContent();
    }
}
