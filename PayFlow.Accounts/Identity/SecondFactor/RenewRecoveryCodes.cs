using Microsoft.AspNetCore.Http.HttpResults;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.AuditChain;
using PayFlow.ServiceDefaults.Http;
using PayFlow.ServiceDefaults.Text;

namespace PayFlow.Accounts.Identity;

/// <summary>
/// <c>POST /auth/second-factor/recovery-codes</c>: new ones, by password and code; the earlier ones are worth nothing
/// from then on.
/// </summary>
public static class RenewRecoveryCodes
{
    public sealed record Request([property: SecretText] string Password, [property: SecretText] string Code)
        : IHasExample<Request>
    {
        public static Request Example => new("payflow-demo-1", "123456");
    }

    public static async Task<Results<Ok<EnrolSecondFactor.ConfirmResponse>, ProblemHttpResult>> HandleAsync(
        Request request,
        Caller caller,
        [AsParameters] CredentialServices services,
        SecondFactor factor,
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
        var codes = await factor.RenewRecoveryCodesAsync(user, cancellationToken);
        await services.Alerts.CommitAsync(
            work,
            user,
            "recovery_codes_made",
            new AuditEvent(AuditActions.RecoveryCodesMade, services.Actor, "user", user.Id.ToString()),
            cancellationToken
        );
        return TypedResults.Ok(new EnrolSecondFactor.ConfirmResponse(codes));
    }
}
