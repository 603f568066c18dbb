using Microsoft.EntityFrameworkCore;
using PayFlow.Accounts.Data;
using PayFlow.ServiceDefaults.Commits;
using PayFlow.ServiceDefaults.Connections;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Identifiers;

namespace PayFlow.Accounts.Identity;

/// <summary>
/// What a wallet holds whose address nobody had verified, at the moment in which somebody shows that it is theirs.
/// Until then anybody could have set it.
/// </summary>
public sealed class StrangersTraces(AccountsDbContext db, TimeProvider clock)
{
    /// <summary>
    /// Removes second factor, recovery codes, PIN and known payees. Nothing where the address was verified before.
    /// </summary>
    /// <returns>Whether the address was not verified before.</returns>
    public async Task<bool> RemoveAsync(UnitOfWork work, User user, CancellationToken cancellationToken)
    {
        var removed = await db
            .Users.Where(row => row.Id == user.Id && !row.EmailConfirmed)
            .ExecuteUpdateAsync(
                row =>
                    row.SetProperty(one => one.PinHash, (string?)null)
                        .SetProperty(one => one.TwoFactorEnabled, false)
                        .SetProperty(one => one.OneTimeSecret, (byte[]?)null)
                        .SetProperty(one => one.OneTimeStep, (long?)null),
                cancellationToken
            );
        if (removed == 0)
            return false;
        await db.RecoveryCodes.Where(row => row.UserId == user.Id).ExecuteDeleteAsync(cancellationToken);
        await db.WrongTries.Where(row => row.UserId == user.Id).ExecuteDeleteAsync(cancellationToken);
        work.Publish(
            new PayeesForgotten(new TenantId(user.TenantId), new PartyId(user.PartyId), clock.GetDatabaseNow())
        );
        return true;
    }
}
