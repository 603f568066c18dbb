using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using PayFlow.Accounts.Data;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.Audit;
using PayFlow.ServiceDefaults.Problems;

namespace PayFlow.Accounts.People;

/// <summary>
/// Somebody who has signed in shows once more that it is them, before something that a stolen session must not do. Wrong
/// tries are counted, audited and locked. The answer to a wrong PIN or code says how many tries are left (<c>triesLeft</c>); while it is
/// locked, right or wrong, it says until when (<c>lockedUntil</c>).
/// </summary>
public sealed class Proofs(AccountsDbContext db, PasswordHashing hashing, PaymentPins pins, SecondFactor factor, SignInTries signIns, ConfirmationTries confirmations, AuditLog audit, TimeProvider clock)
{
    public Task<User> UserAsync(Caller caller, CancellationToken cancellationToken) => db.Users.AsNoTracking().SingleAsync(user => user.Id == caller.UserId.Value, cancellationToken);

    /// <returns>Null where it is the password, otherwise what to answer. Wrong ones count as those at sign-in do.</returns>
    public async Task<ProblemHttpResult?> PasswordAsync(User user, string password, HttpContext http, HashingLane lane = HashingLane.Passwords)
    {
        var cancellationToken = http.RequestAborted;
        var isRight = await hashing.VerifyAsync(user.PasswordHash, password, lane) != PasswordVerificationResult.Failed;
        if (isRight && await signIns.SucceedAsync(user.Id, user.PasswordHash!, cancellationToken)) return null;
        if (!isRight) await signIns.FailAsync(user.Id, cancellationToken);
        await FailedAsync(user, "password", http);
        var until = await db.Users.Where(row => row.Id == user.Id).Select(row => row.LockoutEnd).SingleAsync(cancellationToken);
        return Locked(until, http.Response) ?? Problem.Of(ProblemCodes.WrongPassword, "Enter the password that you sign in with.");
    }

    /// <returns>Null where it is the PIN, otherwise what to answer.</returns>
    public async Task<ProblemHttpResult?> PinAsync(User user, string pin, HttpContext http)
    {
        var cancellationToken = http.RequestAborted;
        if (user.PinHash is not { } hash) return Problem.Of(ProblemCodes.PinNotSet, "Set one under Me, Security in the wallet, or with PUT /auth/pin, which takes pin and password.");
        if (Locked(user.ConfirmationLockedUntil, http.Response) is { } locked) return locked;
        var verified = await pins.VerifyAsync(user.Id, hash, pin);
        if (verified != PasswordVerificationResult.Failed && await confirmations.SucceedAsync(user.Id, hash, cancellationToken))
        {
            if (verified != PasswordVerificationResult.SuccessRehashNeeded) return null;
            var fresh = await pins.HashAsync(user.Id, pin);
            await db.Users.Where(row => row.Id == user.Id && row.PinHash == hash).ExecuteUpdateAsync(row => row.SetProperty(one => one.PinHash, fresh), cancellationToken);
            return null;
        }

        if (verified == PasswordVerificationResult.Failed) await confirmations.FailAsync(user.Id, cancellationToken);
        return await RefusedAsync(user, "pin", ProblemCodes.WrongPin, "Try again. After several wrong tries every try is refused for a while.", http);
    }

    /// <summary>A code of the second factor, or a recovery code, which is used up by it.</summary>
    /// <returns>Null where it counts, otherwise what to answer.</returns>
    public async Task<ProblemHttpResult?> CodeAsync(User user, string code, HttpContext http)
    {
        var cancellationToken = http.RequestAborted;
        if (!user.TwoFactorEnabled) return Problem.Of(ProblemCodes.SecondFactorState, "It is off. Turn it on under Me, Security in the wallet, or with POST /auth/second-factor.");
        if (Locked(user.ConfirmationLockedUntil, http.Response) is { } locked) return locked;
        if (await factor.MatchAsync(user, code, cancellationToken) is { } match)
        {
            await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
            if (await confirmations.SucceedAsync(user.Id, null, cancellationToken) && await factor.UseAsync(user, match, AuditActor.Of(http), cancellationToken))
            {
                await transaction.CommitAsync(cancellationToken);
                return null;
            }
        }

        await confirmations.FailAsync(user.Id, cancellationToken);
        return await RefusedAsync(user, "code", ProblemCodes.WrongCode, "Take the next code that your authenticator app shows, or a recovery code that you have not used.", http);
    }

    /// <summary>The first code of an app that has its secret from <see cref="SecondFactor.NewSecret"/>. Tries count as those of a second factor that is on.</summary>
    /// <returns>The code's time step, or what to answer.</returns>
    public async Task<(long Step, ProblemHttpResult? Refused)> FirstCodeAsync(User user, string code, HttpContext http)
    {
        var cancellationToken = http.RequestAborted;
        if (Locked(user.ConfirmationLockedUntil, http.Response) is { } locked) return (0, locked);
        if (await factor.MatchAsync(user, code, cancellationToken) is { Step: { } step } && await confirmations.SucceedAsync(user.Id, null, cancellationToken)) return (step, null);
        await confirmations.FailAsync(user.Id, cancellationToken);
        return (0, await RefusedAsync(user, "code", ProblemCodes.WrongCode, "Take the code that the app shows now, and see that the device's clock is right.", http));
    }

    /// <summary>Password and code. The code is not used up where the password is wrong.</summary>
    public async Task<ProblemHttpResult?> BothAsync(User user, string password, string code, HttpContext http) => await PasswordAsync(user, password, http) ?? await CodeAsync(user, code, http);

    private async Task<ProblemHttpResult> RefusedAsync(User user, string what, ProblemCode problem, string detail, HttpContext http)
    {
        await FailedAsync(user, what, http);
        var now = await db.Users.Where(row => row.Id == user.Id).Select(row => new { row.ConfirmationLockedUntil, row.ConfirmationFailedCount }).SingleAsync(http.RequestAborted);
        if (Locked(now.ConfirmationLockedUntil, http.Response) is { } locked) return locked;
        var refused = Problem.Of(problem, detail);
        refused.ProblemDetails.Extensions["triesLeft"] = confirmations.Left(now.ConfirmationFailedCount);
        return refused;
    }

    private Task FailedAsync(User user, string what, HttpContext http) =>
        audit.WriteAsync(new AuditEvent(AuditActions.ProofFailed, AuditActor.Of(http), "user", user.Id.ToString()) { After = new { what } }, http.RequestAborted);

    private ProblemHttpResult? Locked(DateTimeOffset? until, HttpResponse response)
    {
        if (until is not { } end || end - clock.GetUtcNow() is var left && left <= TimeSpan.Zero) return null;
        response.Headers.RetryAfter = Math.Ceiling(left.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        var locked = Problem.Of(ProblemCodes.TooManyTries, "Wait until lockedUntil, or as many seconds as Retry-After says, then try again.");
        locked.ProblemDetails.Extensions["lockedUntil"] = end;
        return locked;
    }
}
