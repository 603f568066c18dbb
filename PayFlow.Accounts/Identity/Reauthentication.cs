using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using PayFlow.Accounts.Data;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.Audit;
using PayFlow.ServiceDefaults.AuditChain;
using PayFlow.ServiceDefaults.Commits;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Problems;

namespace PayFlow.Accounts.Identity;

/// <summary>
/// Somebody who has signed in shows once more that it is them, before something that a stolen session must not do.
/// Wrong tries are counted, audited and locked. The answer to a wrong one says how many tries are left
/// (<c>triesLeft</c>); while it is locked, right or wrong, it says until when (<c>lockedUntil</c>). The lock is asked
/// before anything is hashed.
/// </summary>
public sealed class Reauthentication(
    AccountsDbContext db,
    PasswordHashing hashing,
    HashRenewals renewals,
    PaymentPins pins,
    SecondFactor factor,
    WrongTries tries,
    UnitsOfWork units,
    AuditLog audit,
    TimeProvider clock
)
{
    public Task<User> UserAsync(Caller caller, CancellationToken cancellationToken) =>
        db.Users.AsNoTracking().SingleAsync(user => user.Id == caller.UserId.Value, cancellationToken);

    /// <returns>
    /// Null where it is the password, otherwise what to answer. Wrong ones count as those at sign-in do.
    /// </returns>
    public async Task<ProblemHttpResult?> PasswordAsync(User user, string password, HttpContext http)
    {
        var cancellationToken = http.RequestAborted;
        var origin = await tries.OriginAsync(user.Id, http, null, cancellationToken);
        if (await LockedAsync(user, SecretKind.Password, origin, http) is { } locked)
            return locked;
        var verified = await hashing.VerifyAsync(user.PasswordHash, password);
        var isRight = verified != PasswordVerificationResult.Failed;
        if (isRight && await tries.SucceedAsync(user, SecretKind.Password, origin, cancellationToken))
        {
            if (verified == PasswordVerificationResult.SuccessRehashNeeded)
                renewals.Password(user, password);
            return null;
        }

        if (!isRight)
            await tries.FailAsync(user.Id, SecretKind.Password, origin, cancellationToken);
        return await RefusedAsync(
            user,
            SecretKind.Password,
            origin,
            Problem.Of(IdentityProblems.WrongPassword, "Enter the password that you sign in with."),
            http
        );
    }

    /// <returns>Null where it is the PIN, otherwise what to answer.</returns>
    public async Task<ProblemHttpResult?> PinAsync(User user, string pin, HttpContext http)
    {
        var cancellationToken = http.RequestAborted;
        if (user.PinHash is not { } hash)
            return Problem.Of(
                IdentityProblems.PinNotSet,
                "Set a PIN in the wallet under Me, Security, or with PUT /auth/pin and your password."
            );
        if (await LockedAsync(user, SecretKind.Pin, TryOrigin.All, http) is { } locked)
            return locked;
        var verified = await pins.VerifyAsync(user.Id, hash, pin);
        var isRight = verified != PasswordVerificationResult.Failed;
        if (isRight && await tries.SucceedAsync(user, SecretKind.Pin, TryOrigin.All, cancellationToken))
        {
            if (verified == PasswordVerificationResult.SuccessRehashNeeded)
            {
                renewals.Pin(user, pins.Keyed(user.Id, pin));
            }
            return null;
        }

        if (!isRight)
            await tries.FailAsync(user.Id, SecretKind.Pin, TryOrigin.All, cancellationToken);
        var wrong = Problem.Of(
            IdentityProblems.WrongPin,
            "Try again. Several wrong attempts lock the PIN for a while."
        );
        return await RefusedAsync(user, SecretKind.Pin, TryOrigin.All, wrong, http);
    }

    /// <summary>A code of the second factor, or a recovery code, which is used up by it.</summary>
    /// <returns>Null where it counts, otherwise what to answer.</returns>
    public async Task<ProblemHttpResult?> CodeAsync(User user, string code, HttpContext http)
    {
        var cancellationToken = http.RequestAborted;
        if (!user.TwoFactorEnabled)
            return Problem.Of(
                IdentityProblems.SecondFactorState,
                "The second factor is off. Turn it on in the wallet under Me, Security, or "
                    + "with POST /auth/second-factor."
            );
        var origin = await tries.OriginAsync(user.Id, http, null, cancellationToken);
        if (await LockedAsync(user, SecretKind.Code, origin, http) is { } locked)
            return locked;
        if (await factor.MatchAsync(user, code, cancellationToken) is { } match)
        {
            await using var work = await units.BeginAsync(db, cancellationToken);
            if (
                await tries.SucceedAsync(user, SecretKind.Code, origin, cancellationToken)
                && await factor.UseAsync(work, user, match, AuditActor.Of(http), cancellationToken)
            )
            {
                await work.CommitAsync(cancellationToken);
                return null;
            }
        }

        await tries.FailAsync(user.Id, SecretKind.Code, origin, cancellationToken);
        var wrong = Problem.Of(
            IdentityProblems.WrongCode,
            "Use the next code of your authenticator app, or an unused recovery code."
        );
        return await RefusedAsync(user, SecretKind.Code, origin, wrong, http);
    }

    /// <summary>
    /// The first code of an app that has its secret from <see cref="SecondFactor.NewSecret"/>. Tries count as those of
    /// a second factor that is on.
    /// </summary>
    /// <returns>The code's time step, or what to answer.</returns>
    public async Task<(long Step, ProblemHttpResult? Refused)> FirstCodeAsync(User user, string code, HttpContext http)
    {
        var cancellationToken = http.RequestAborted;
        var origin = await tries.OriginAsync(user.Id, http, null, cancellationToken);
        if (await LockedAsync(user, SecretKind.Code, origin, http) is { } locked)
            return (0, locked);
        if (
            await factor.MatchAsync(user, code, cancellationToken) is { Step: { } step }
            && await tries.SucceedAsync(user, SecretKind.Code, origin, cancellationToken)
        )
        {
            return (step, null);
        }

        await tries.FailAsync(user.Id, SecretKind.Code, origin, cancellationToken);
        var wrong = Problem.Of(
            IdentityProblems.WrongCode,
            "Use the code that the app shows now, and check the clock of your device."
        );
        return (0, await RefusedAsync(user, SecretKind.Code, origin, wrong, http));
    }

    /// <summary>Password and code. The code is not used up where the password is wrong.</summary>
    public async Task<ProblemHttpResult?> BothAsync(User user, string password, string code, HttpContext http) =>
        await PasswordAsync(user, password, http) ?? await CodeAsync(user, code, http);

    /// <summary>
    /// The password or the PIN, and where the second factor is on a code as well. The code is not used up where the
    /// other is wrong.
    /// </summary>
    public async Task<ProblemHttpResult?> AndCodeAsync(
        User user,
        Func<Task<ProblemHttpResult?>> first,
        string? code,
        HttpContext http
    )
    {
        if (!user.TwoFactorEnabled)
            return await first();
        if (code is null)
        {
            return Problem.Invalid(
                "code",
                "Is required, because your second factor is on. Send a code of your app or a recovery code."
            );
        }

        return await first() ?? await CodeAsync(user, code, http);
    }

    private async Task<ProblemHttpResult?> LockedAsync(
        User user,
        SecretKind secret,
        TryOrigin origin,
        HttpContext http
    ) => Locked((await tries.StateAsync(user.Id, secret, origin, http.RequestAborted)).LockedUntil, http.Response);

    private async Task<ProblemHttpResult> RefusedAsync(
        User user,
        SecretKind secret,
        TryOrigin origin,
        ProblemHttpResult wrong,
        HttpContext http
    )
    {
        var what = EnumNames.Of(secret);
        await audit.WriteAsync(
            new AuditEvent(AuditActions.ProofFailed, AuditActor.Of(http), "user", user.Id.ToString())
            {
                After = new { what },
            },
            http.RequestAborted
        );
        var (left, until) = await tries.StateAsync(user.Id, secret, origin, http.RequestAborted);
        if (Locked(until, http.Response) is { } locked)
            return locked;
        wrong.ProblemDetails.Extensions["triesLeft"] = left;
        return wrong;
    }

    private ProblemHttpResult? Locked(DateTimeOffset? until, HttpResponse response)
    {
        if (until is not { } end || end - clock.GetUtcNow() is var left && left <= TimeSpan.Zero)
            return null;
        response.Headers.RetryAfter = Math.Ceiling(left.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        var locked = Problem.Of(
            IdentityProblems.TooManyTries,
            "Wait until lockedUntil, or for the seconds in Retry-After, then try again."
        );
        locked.ProblemDetails.Extensions["lockedUntil"] = end;
        return locked;
    }
}
