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

    public static async Task<Results<Ok<Response>, ProblemHttpResult>> HandleAsync(
        Request request,
        HttpContext http,
        UserManager<User> users,
        PasswordHashing hashing,
        HashRenewals renewals,
        Sessions sessions,
        WrongTries tries,
        SecondFactor factor,
        SecurityAlerts alerts,
        UnitsOfWork units,
        AccountsDbContext db,
        AuditLog audit,
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

        var user = await users.FindByEmailAsync(request.Email.Trim());
        var origin = await tries.OriginAsync(user?.Id ?? Guid.Empty, http, request.Device, cancellationToken);
        var verified = await hashing.VerifyAsync(user?.PasswordHash, request.Password);
        if (user is null || verified == PasswordVerificationResult.Failed)
        {
            await CountAsync(SecretKind.Password, Failed());
            return InvalidCredentials();
        }

        SecondFactor.Match? match = null;
        if (user.TwoFactorEnabled)
        {
            // Neither lock tells that the password was right.
            var isOpen =
                await tries.IsOpenAsync(user, SecretKind.Password, origin, cancellationToken)
                && await tries.IsOpenAsync(user, SecretKind.Code, origin, cancellationToken);
            if (!isOpen)
                return await RefuseAsync();
            if (request.Code is not { } code)
                return Problem.Of(
                    IdentityProblems.SecondFactorRequired,
                    "Send the request again with code: a code of your authenticator app or a recovery code."
                );
            match = await factor.MatchAsync(user, code, cancellationToken);
            if (match is null)
                return await RefuseCodeAsync();
        }

        await using var work = await units.BeginAsync(db, cancellationToken);
        var isRight =
            await tries.SucceedAsync(user, SecretKind.Password, origin, cancellationToken)
            && (match is null || await tries.SucceedAsync(user, SecretKind.Code, origin, cancellationToken));
        if (!isRight)
        {
            await work.DisposeAsync();
            return await RefuseAsync();
        }

        // Reload under the row lock: the second factor may have changed while the password was hashed.
        await db.Entry(user).ReloadAsync(cancellationToken);
        if (match is not null && !await factor.UseAsync(work, user, match, who, cancellationToken))
        {
            await work.DisposeAsync();
            return await RefuseCodeAsync();
        }

        await tries.RememberAsync(user, http, request.Device, cancellationToken);
        var party = await db.Parties.AsNoTracking().SingleAsync(row => row.Id == user.PartyId, cancellationToken);
        var tokens = sessions.Open(user, who.UserAgent ?? "", request.SessionKeyHash);
        work.Audit(
            new AuditEvent(AuditActions.SignedIn, who, "user", user.Id.ToString()) { After = new { tokens.SessionId } }
        );
        await work.CommitAsync(cancellationToken);
        if (verified == PasswordVerificationResult.SuccessRehashNeeded)
            renewals.Password(user, request.Password);
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
            db.ChangeTracker.Clear();
            // One commit, so that it takes as long for somebody, whose try is counted, as for nobody: a commit is what
            // takes time here.
            await using var counting = await units.BeginAsync(db, cancellationToken);
            await tries.FailAsync(user?.Id ?? Guid.Empty, secret, origin, cancellationToken);
            // The owner must know that somebody else knows the password.
            if (secret == SecretKind.Code)
                await alerts.WarnOfCodesAsync(counting, user!, cancellationToken);
            counting.Audit(wrong);
            await counting.CommitAsync(cancellationToken);
        }

        async Task<ProblemHttpResult> RefuseAsync()
        {
            await audit.WriteAsync(Failed(), cancellationToken);
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
