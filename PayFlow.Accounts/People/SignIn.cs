using System.Security.Cryptography;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using PayFlow.Accounts.Data;
using PayFlow.ServiceDefaults.Audit;
using PayFlow.ServiceDefaults.Connections;
using PayFlow.ServiceDefaults.Problems;
using PayFlow.ServiceDefaults.Text;

namespace PayFlow.Accounts.People;

/// <summary>
/// <c>POST /auth/sign-in</c>. Whoever does not get in learns nothing: an unknown address, a wrong password and a locked user
/// cost the same, one hash and one update, and get the same answer. Only who knows the password is asked for a code.
/// </summary>
public static class SignIn
{
    /// <param name="Code">Of the second factor, or a recovery code, where it is on.</param>
    /// <param name="SessionKeyHash">For PayFlow's own wallet: SHA-256 of the key that its cookie will hold.</param>
    public sealed record Request(
        string Email,
        [property: SecretText] string Password,
        [property: SecretText] string? Code = null,
        byte[]? SessionKeyHash = null);

    public sealed record Response(string AccessToken, string RefreshToken, int ExpiresIn, Guid SessionId, UserResponse User);

    public static async Task<Results<Ok<Response>, ProblemHttpResult>> HandleAsync(
        Request request,
        UserManager<User> users,
        PasswordHashing hashing,
        Sessions sessions,
        SignInTries tries,
        SecondFactor factor,
        AccountsDbContext db,
        AuditLog audit,
        AuditActor who,
        CancellationToken cancellationToken)
    {
        if (request.SessionKeyHash is { Length: not SHA256.HashSizeInBytes })
        {
            return Problem.Invalid("sessionKeyHash", "32 bytes in base64, or nothing.");
        }

        var user = await users.FindByEmailAsync(request.Email.Trim());
        var verified = await hashing.VerifyAsync(user?.PasswordHash, request.Password);
        if (user is null || verified == PasswordVerificationResult.Failed)
        {
            await CountAsync(Failed());
            return InvalidCredentials();
        }

        SecondFactor.Match? match = null;
        if (user.TwoFactorEnabled)
        {
            // Who is locked is not told that the password was right.
            if (!await tries.IsOpenAsync(user.Id, user.PasswordHash!, cancellationToken)) return await RefuseAsync();
            if (request.Code is not { } code) return Problem.Of(ProblemCodes.SecondFactorRequired, "Send the same again with a code of your authenticator app, or a recovery code, as code.");
            match = await factor.MatchAsync(user, code, cancellationToken);
            if (match is null) return await RefuseCodeAsync();
        }

        var fresh = verified == PasswordVerificationResult.SuccessRehashNeeded ? await hashing.HashAsync(request.Password) : null;
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        if (!await tries.SucceedAsync(user.Id, user.PasswordHash!, cancellationToken)) return await RefuseAsync();
        // As it is under the lock that the try has taken: what was read before may have been taken away while the password was hashed.
        await db.Entry(user).ReloadAsync(cancellationToken);
        if (match is not null && !await factor.UseAsync(user, match, who, cancellationToken))
        {
            await transaction.RollbackAsync(cancellationToken);
            return await RefuseCodeAsync();
        }

        user.PasswordHash = fresh ?? user.PasswordHash;
        var party = await db.Parties.AsNoTracking().SingleAsync(row => row.Id == user.PartyId, cancellationToken);
        var tokens = sessions.Open(user, who.UserAgent ?? "", request.SessionKeyHash);
        using var trail = audit.NewTrail();
        trail.Add(new AuditEvent(AuditActions.SignedIn, who, "user", user.Id.ToString()) { After = new { tokens.SessionId } });
        trail.AddTo(db);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        trail.Committed();
        return TypedResults.Ok(new Response(tokens.AccessToken, tokens.RefreshToken, tokens.ExpiresIn, tokens.SessionId, UserResponse.From(user, party)));

        async Task<ProblemHttpResult> RefuseCodeAsync()
        {
            await CountAsync(Failed() with { After = new { what = "code" } });
            return Problem.Of(ProblemCodes.WrongCode, "Take the next code that your authenticator app shows, or a recovery code that you have not used.");
        }

        async Task CountAsync(AuditEvent wrong)
        {
            db.ChangeTracker.Clear();
            // One commit, so that it takes as long for somebody, whose try is counted, as for nobody: a commit is what takes time here.
            await using var counting = await db.Database.BeginTransactionAsync(cancellationToken);
            await tries.FailAsync(user?.Id ?? Guid.Empty, cancellationToken);
            using var failed = audit.NewTrail();
            failed.Add(wrong);
            failed.AddTo(db);
            await db.SaveChangesAsync(cancellationToken);
            await counting.CommitAsync(cancellationToken);
            failed.Committed();
        }

        async Task<ProblemHttpResult> RefuseAsync()
        {
            await audit.WriteAsync(Failed(), cancellationToken);
            return InvalidCredentials();
        }

        AuditEvent Failed() => new(AuditActions.SignInFailed, who, "user", user?.Id.ToString());
    }

    private static ProblemHttpResult InvalidCredentials() =>
        Problem.Of(ProblemCodes.InvalidCredentials, "Check both and try again. After several wrong tries every try is refused for a while.");
}

/// <summary>
/// Counts wrong tries, by single updates that queue on the user's row. However many come at once, a right password counts only
/// if fewer wrong ones than allowed were counted before it.
/// </summary>
public sealed class SignInTries(AccountsDbContext db, PeopleOptions options, TimeProvider clock)
{
    public Task FailAsync(Guid user, CancellationToken cancellationToken)
    {
        var now = clock.GetDatabaseNow();
        var (most, until) = (options.Lockout.MaxFailedAccessAttempts, now + options.Lockout.DefaultLockoutTimeSpan);
        return db.Users.Where(row => row.Id == user && (row.LockoutEnd == null || row.LockoutEnd <= now)).ExecuteUpdateAsync(
            row => row
                .SetProperty(one => one.LockoutEnd, one => one.AccessFailedCount + 1 >= most ? until : null)
                .SetProperty(one => one.AccessFailedCount, one => one.AccessFailedCount + 1 >= most ? 0 : one.AccessFailedCount + 1),
            cancellationToken);
    }

    /// <returns>False where the user is locked, or has another password by now.</returns>
    public Task<bool> IsOpenAsync(Guid user, string hash, CancellationToken cancellationToken)
    {
        var now = clock.GetDatabaseNow();
        return db.Users.AnyAsync(row => row.Id == user && row.PasswordHash == hash && (row.LockoutEnd == null || row.LockoutEnd <= now), cancellationToken);
    }

    /// <param name="hash">What the password was compared with: if it has been changed since, the old one is wrong.</param>
    /// <returns>False where the user is locked.</returns>
    public async Task<bool> SucceedAsync(Guid user, string hash, CancellationToken cancellationToken)
    {
        var now = clock.GetDatabaseNow();
        return await db.Users.Where(row => row.Id == user && row.PasswordHash == hash && (row.LockoutEnd == null || row.LockoutEnd <= now)).ExecuteUpdateAsync(
            row => row.SetProperty(one => one.LockoutEnd, (DateTimeOffset?)null).SetProperty(one => one.AccessFailedCount, 0), cancellationToken) == 1;
    }
}
