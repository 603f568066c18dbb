using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using PayFlow.Accounts.Data;
using PayFlow.ServiceDefaults.Commits;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Problems;

namespace PayFlow.Accounts.Accounts;

/// <summary>What is read of an account as of an instant stays the answer for that instant.</summary>
public sealed class PastInstant(AccountsDbContext db, UnitsOfWork units, TimeProvider clock)
{
    /// <summary>
    /// Far longer than a commit waits for a standby, and still few of the instants that anybody asks for.
    /// </summary>
    private static readonly TimeSpan Recent = TimeSpan.FromMinutes(10);

    /// <summary>The time of this process.</summary>
    public DateTimeOffset Now => clock.GetUtcNow();

    /// <summary>
    /// Waits for every posting up to the instant that has its time already and is not committed. The ledger takes the
    /// time under the account's lock <c>for update</c>, which <c>for key share</c> conflicts with. Once this lock was
    /// granted, the next statement reads all postings up to the instant, and new postings are later.
    /// </summary>
    /// <param name="field">The parameter that holds the instant, for the problem.</param>
    /// <returns>
    /// Null where the instant can be read; otherwise why not: it is in the future, or a posting took too long.
    /// </returns>
    public async Task<ProblemHttpResult?> SettleAsync(
        AccountId id,
        DateTimeOffset instant,
        string field,
        CancellationToken cancellationToken
    )
    {
        if (instant < Now - Recent)
            return null;
        await using var work = await units.BeginAsync(db, cancellationToken);
        // Read the time before the lock: a posting that gets the lock later has a later time.
        var now = await db
            .Database.SqlQuery<DateTimeOffset>(
                $"select clock_timestamp() as \"Value\" from set_config('lock_timeout', '5s', true)"
            )
            .SingleAsync(cancellationToken);
        if (instant > now)
            return Problem.Invalid(field, "Must not be in the future.");
        try
        {
            await db.Database.ExecuteSqlAsync(
                $"select 1 from accounts where tenant_id = {db.Tenant.Value} and id = {id.Value} for key share",
                cancellationToken
            );
        }
        catch (PostgresException busy) when (busy.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            return Problem.Of(
                ProblemCodes.Unavailable,
                "A payment at about this time is still being committed. Try again in a moment."
            );
        }

        await work.CommitAsync(cancellationToken);
        return null;
    }
}
