using Microsoft.EntityFrameworkCore;
using PayFlow.Accounts.Data;
using PayFlow.ServiceDefaults.Connections;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Messaging;

namespace PayFlow.Accounts.People;

/// <summary>
/// What a wallet holds whose address nobody had verified, at the moment in which somebody shows that it is theirs.
/// Until then anybody could have set it.
/// </summary>
public sealed class StrangersTraces(AccountsDbContext db, Outbox outbox, TimeProvider clock)
{
    /// <summary>
    /// Removes second factor, recovery codes, PIN and known payees, in the caller's database transaction. Nothing where
    /// the address was verified before.
    /// </summary>
    /// <returns>To be handed to the outbox after the commit; empty where nothing was removed.</returns>
    public async Task<OutboxBatch> RemoveAsync(User user, CancellationToken cancellationToken)
    {
        var events = outbox.NewBatch();
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
            return events;
        await db.RecoveryCodes.Where(row => row.UserId == user.Id).ExecuteDeleteAsync(cancellationToken);
        await db.WrongTries.Where(row => row.UserId == user.Id).ExecuteDeleteAsync(cancellationToken);
        events.Add(new PayeesForgotten(new TenantId(user.TenantId), new PartyId(user.PartyId), clock.GetDatabaseNow()));
        db.Add(outbox.ToRow(events));
        return events;
    }
}
