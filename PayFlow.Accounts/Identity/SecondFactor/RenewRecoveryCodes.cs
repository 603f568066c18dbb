using Microsoft.AspNetCore.Http.HttpResults;
using PayFlow.Accounts.Data;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.AuditChain;
using PayFlow.ServiceDefaults.Commits;
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
        HttpContext http,
        Reauthentication reauthentication,
        SecondFactor factor,
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
        var codes = await factor.RenewRecoveryCodesAsync(user, cancellationToken);
        await alerts.CommitAsync(
            work,
            user,
            "recovery_codes_made",
            new AuditEvent(AuditActions.RecoveryCodesMade, who, "user", user.Id.ToString()),
            cancellationToken
        );
        return TypedResults.Ok(new EnrolSecondFactor.ConfirmResponse(codes));
    }
}
