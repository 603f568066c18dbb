using System.Security.Cryptography;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using PayFlow.Accounts.Data;
using PayFlow.ServiceDefaults.Audit;
using PayFlow.ServiceDefaults.AuditChain;
using PayFlow.ServiceDefaults.Commits;
using PayFlow.ServiceDefaults.Http;
using PayFlow.ServiceDefaults.Problems;
using PayFlow.ServiceDefaults.Text;

namespace PayFlow.Accounts.Identity;

/// <summary>
/// <c>POST /auth/sign-in</c>. A refusal tells nothing: an unknown address, a wrong password and a lock, with a right
/// password or a wrong one, cost the same, one hash and one commit, and get the same answer. Only a right password is
/// answered with the question for a code.
/// </summary>
public static class SignIn
{
    private const int MinDeviceLength = 22;
    private const int MaxDeviceLength = 64;

    /// <param name="Code">Of the second factor, or a recovery code, where it is on.</param>
    /// <param name="SessionKeyHash">For PayFlow's own wallet: SHA-256 of the key that its cookie will hold.</param>
    /// <param name="Device">
    /// A random text of 22 to 64 characters that this device made once and keeps. After a sign-in with it, wrong tries
    /// from elsewhere no longer keep this device out.
    /// </param>
    public sealed record Request(
        string Email,
        [property: SecretText] string Password,
        [property: SecretText] string? Code = null,
        byte[]? SessionKeyHash = null,
        string? Device = null
    ) : INamesLogin, IHasExample<Request>
    {
        public static Request Example => new("asha@payflow.example", "payflow-demo-1");
    }

    public sealed record Response(
        string AccessToken,
        string RefreshToken,
        int ExpiresIn,
        Guid SessionId,
        UserResponse User
    );

    /// <summary>The services that check the secrets.</summary>
    public sealed record Checks(
        UserManager<User> Users,
        PasswordHashing Hashing,
        WrongTries Tries,
        SecondFactor Factor
    );

    /// <summary>The services that record the outcome.</summary>
    public sealed record Effects(
        Sessions Sessions,
        HashRenewals Renewals,
        SecurityAlerts Alerts,
        UnitsOfWork Units,
        AccountsDbContext Db,
        AuditLog Audit
    );

    public static async Task<Results<Ok<Response>, ProblemHttpResult>> HandleAsync(
        Request request,
        HttpContext http,
        [AsParameters] Checks checks,
        [AsParameters] Effects effects,
        AuditActor who,
        CancellationToken cancellationToken
    )
    {
        if (request.SessionKeyHash is { Length: not SHA256.HashSizeInBytes })
        {
            return Problem.Invalid("sessionKeyHash", "Must be 32 bytes in base64, or be left out.");
        }

        if (request.Device is { Length: < MinDeviceLength or > MaxDeviceLength })
        {
            return Problem.Invalid(
                "device",
                $"Must be a random text of {MinDeviceLength} to {MaxDeviceLength} characters, or be left out."
            );
        }

        var user = await checks.Users.FindByEmailAsync(request.Email.Trim());
        var origin = await checks.Tries.OriginAsync(user?.Id ?? Guid.Empty, http, request.Device, cancellationToken);
        var verified = await checks.Hashing.VerifyAsync(user?.PasswordHash, request.Password);
        if (user is null || verified == PasswordVerificationResult.Failed)
        {
            await CountAsync(SecretKind.Password, Failed());
            return InvalidCredentials();
        }

        SecondFactor.Match? match = null;
        if (user.TwoFactorEnabled)
        {
            // A lock must not show that the password was right.
            var isOpen =
                await checks.Tries.IsOpenAsync(user, SecretKind.Password, origin, cancellationToken)
                && await checks.Tries.IsOpenAsync(user, SecretKind.Code, origin, cancellationToken);
            if (!isOpen)
                return await RefuseAsync();
            if (request.Code is not { } code)
                return Problem.Of(
                    IdentityProblems.SecondFactorRequired,
                    "Send the request again with code: a code of your authenticator app or a recovery code."
                );
            match = await checks.Factor.MatchAsync(user, code, cancellationToken);
            if (match is null)
                return await RefuseCodeAsync();
        }

        await using var work = await effects.Units.BeginAsync(effects.Db, cancellationToken);
        var isRight =
            await checks.Tries.SucceedAsync(user, SecretKind.Password, origin, cancellationToken)
            && (match is null || await checks.Tries.SucceedAsync(user, SecretKind.Code, origin, cancellationToken));
        if (!isRight)
        {
            await work.DisposeAsync();
            return await RefuseAsync();
        }

        // Reload under the row lock: the second factor may have changed while the password was hashed.
        await effects.Db.Entry(user).ReloadAsync(cancellationToken);
        if (match is not null && !await checks.Factor.UseAsync(work, user, match, who, cancellationToken))
        {
            await work.DisposeAsync();
            return await RefuseCodeAsync();
        }

        await checks.Tries.RememberAsync(user, http, request.Device, cancellationToken);
        var party = await effects
            .Db.Parties.AsNoTracking()
            .SingleAsync(row => row.Id == user.PartyId, cancellationToken);
        var tokens = effects.Sessions.Open(user, who.UserAgent ?? "", request.SessionKeyHash);
        work.Audit(
            new AuditEvent(AuditActions.SignedIn, who, "user", user.Id.ToString()) { After = new { tokens.SessionId } }
        );
        await work.CommitAsync(cancellationToken);
        if (verified == PasswordVerificationResult.SuccessRehashNeeded)
            effects.Renewals.Password(user, request.Password);
        return TypedResults.Ok(
            new Response(
                tokens.AccessToken,
                tokens.RefreshToken,
                tokens.ExpiresIn,
                tokens.SessionId,
                UserResponse.From(user, party)
            )
        );

        async Task<ProblemHttpResult> RefuseCodeAsync()
        {
            await CountAsync(SecretKind.Code, Failed() with { After = new { what = "code" } });
            return Problem.Of(
                IdentityProblems.WrongCode,
                "Use the next code of your authenticator app, or an unused recovery code."
            );
        }

        async Task CountAsync(SecretKind secret, AuditEvent wrong)
        {
            effects.Db.ChangeTracker.Clear();
            // One commit for known and unknown addresses, because the commit takes most of the time here.
            await using var counting = await effects.Units.BeginAsync(effects.Db, cancellationToken);
            await checks.Tries.FailAsync(user?.Id ?? Guid.Empty, secret, origin, cancellationToken);
            // Alert the owner: a stranger may know the password.
            if (secret == SecretKind.Code)
                await effects.Alerts.WarnOfCodesAsync(counting, user!, cancellationToken);
            counting.Audit(wrong);
            await counting.CommitAsync(cancellationToken);
        }

        async Task<ProblemHttpResult> RefuseAsync()
        {
            await effects.Audit.WriteAsync(Failed(), cancellationToken);
            return InvalidCredentials();
        }

        AuditEvent Failed() => new(AuditActions.SignInFailed, who, "user", user?.Id.ToString());
    }

    private static ProblemHttpResult InvalidCredentials() =>
        Problem.Of(
            IdentityProblems.InvalidCredentials,
            "Check both and try again. Several wrong attempts lock the sign-in for a while."
        );
}
