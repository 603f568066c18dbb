using Microsoft.EntityFrameworkCore;
using PayFlow.Accounts.Data;
using PayFlow.ServiceDefaults.Connections;

namespace PayFlow.Accounts.People;

/// <summary>
/// Counts wrong PINs and codes of people who have signed in, as <see cref="SignInTries"/> does passwords. There are far fewer PINs
/// than passwords, so each time that one is locked it is for twice as long, until a right one begins anew.
/// </summary>
public sealed class ConfirmationTries(AccountsDbContext db, PeopleOptions options, TimeProvider clock)
{
    private const int MaxDoublings = 6;

    /// <summary>How many wrong tries are left before the next lock, after <paramref name="failed"/> of them.</summary>
    public int Left(int failed) => options.ConfirmationLockout.MaxFailedAccessAttempts - (failed % options.ConfirmationLockout.MaxFailedAccessAttempts);

    public async Task FailAsync(Guid user, CancellationToken cancellationToken)
    {
        var now = clock.GetDatabaseNow();
        var (most, span) = (options.ConfirmationLockout.MaxFailedAccessAttempts, options.ConfirmationLockout.DefaultLockoutTimeSpan);
        await db.Database.ExecuteSqlAsync(
            $"""
            update users set
              confirmation_failed_count = confirmation_failed_count + 1,
              confirmation_locked_until = case when (confirmation_failed_count + 1) % {most} = 0 then {now} + {span} * power(2, least((confirmation_failed_count + 1) / {most} - 1, {MaxDoublings})) end
            where id = {user} and (confirmation_locked_until is null or confirmation_locked_until <= {now})
            """,
            cancellationToken);
    }

    /// <param name="pinHash">What the PIN was compared with: if it has been changed since, the old one is wrong. Null for a code.</param>
    /// <returns>False where the user is locked.</returns>
    public async Task<bool> SucceedAsync(Guid user, string? pinHash, CancellationToken cancellationToken)
    {
        var now = clock.GetDatabaseNow();
        return await db.Users.Where(row => row.Id == user && (pinHash == null || row.PinHash == pinHash) && (row.ConfirmationLockedUntil == null || row.ConfirmationLockedUntil <= now)).ExecuteUpdateAsync(
            row => row.SetProperty(one => one.ConfirmationLockedUntil, (DateTimeOffset?)null).SetProperty(one => one.ConfirmationFailedCount, 0), cancellationToken) == 1;
    }
}
