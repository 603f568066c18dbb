using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.AuditChain;
using PayFlow.ServiceDefaults.Http;
using PayFlow.ServiceDefaults.Problems;
using PayFlow.ServiceDefaults.Text;

namespace PayFlow.Accounts.Identity;

/// <summary>
/// <c>POST /auth/second-factor</c> makes a secret for an authenticator app, and <c>POST /auth/second-factor/confirm</c>
/// turns the second factor on with the first code that the app shows: nobody locks themselves out with an app that has
/// not understood. Only the first of both asks for the password, so codes are counted at the second one, and a secret
/// that was left waiting is soon worth nothing. Both need a verified address: otherwise a stranger could sign up with
/// it and lock its owner out for good.
/// </summary>
public static class EnrolSecondFactor
{
    public sealed record BeginRequest([property: SecretText] string Password) : IHasExample<BeginRequest>
    {
        public static BeginRequest Example => new("payflow-demo-1");
    }

    /// <param name="Uri">For a QR code.</param>
    public sealed record BeginResponse(string Secret, string Uri);

    public sealed record ConfirmRequest([property: SecretText] string Code) : IHasExample<ConfirmRequest>
    {
        public static ConfirmRequest Example => new("123456");
    }

    /// <param name="RecoveryCodes">Each good once, and shown here only.</param>
    public sealed record ConfirmResponse(IReadOnlyList<string> RecoveryCodes);

    public static async Task<Results<Ok<BeginResponse>, ProblemHttpResult>> BeginAsync(
        BeginRequest request,
        Caller caller,
        [AsParameters] CredentialServices services,
        SecondFactor factor,
        CancellationToken cancellationToken
    )
    {
        var user = await services.Reauthentication.UserAsync(caller, cancellationToken);
        if (!user.EmailConfirmed)
            return NotVerified();
        if (await services.Reauthentication.PasswordAsync(user, request.Password, services.Http) is { } refused)
            return refused;
        var (stored, secret, uri) = factor.NewSecret(user);
        var begun =
            await services
                .Db.Users.Where(row => row.Id == user.Id && !row.TwoFactorEnabled)
                .ExecuteUpdateAsync(
                    row =>
                        row.SetProperty(one => one.OneTimeSecret, stored)
                            .SetProperty(one => one.OneTimeStep, factor.Step),
                    cancellationToken
                ) == 1;
        return begun
            ? TypedResults.Ok(new BeginResponse(secret, uri))
            : Problem.Of(
                IdentityProblems.SecondFactorState,
                "The second factor is on. Turn it off first to enrol another app."
            );
    }

    public static async Task<Results<Ok<ConfirmResponse>, ProblemHttpResult>> ConfirmAsync(
        ConfirmRequest request,
        Caller caller,
        [AsParameters] CredentialServices services,
        SecondFactor factor,
        CancellationToken cancellationToken
    )
    {
        var user = await services.Reauthentication.UserAsync(caller, cancellationToken);
        if (!user.EmailConfirmed)
            return NotVerified();
        if (user.TwoFactorEnabled)
            return Problem.Of(IdentityProblems.SecondFactorState, "The second factor is on already.");
        if (!factor.IsWaiting(user))
            return Problem.Of(
                IdentityProblems.SecondFactorState,
                "No enrolment was started within the last ten minutes. Start with POST /auth/second-factor."
            );
        var (step, refused) = await services.Reauthentication.FirstCodeAsync(user, request.Code, services.Http);
        if (refused is not null)
            return refused;

        await using var work = await services.Units.BeginAsync(services.Db, cancellationToken);
        var isOn =
            await services
                .Db.Users.Where(row =>
                    row.Id == user.Id && !row.TwoFactorEnabled && row.OneTimeSecret == user.OneTimeSecret
                )
                .ExecuteUpdateAsync(
                    row => row.SetProperty(one => one.TwoFactorEnabled, true).SetProperty(one => one.OneTimeStep, step),
                    cancellationToken
                ) == 1;
        if (!isOn)
            return Problem.Of(
                IdentityProblems.SecondFactorState,
                "Another enrolment was started meanwhile. Use its secret, or start again."
            );
        var codes = await factor.RenewRecoveryCodesAsync(user, cancellationToken);
        await services.Alerts.CommitAsync(
            work,
            user,
            "second_factor_on",
            new AuditEvent(AuditActions.SecondFactorOn, services.Actor, "user", user.Id.ToString()),
            cancellationToken
        );
        return TypedResults.Ok(new ConfirmResponse(codes));
    }

    private static ProblemHttpResult NotVerified() =>
        Problem.Of(
            IdentityProblems.EmailNotVerified,
            "Open the link in the e-mail that you got after sign-up. POST /auth/verify-email/send sends a new one."
        );
}
