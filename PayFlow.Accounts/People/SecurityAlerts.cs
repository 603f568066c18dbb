using Microsoft.EntityFrameworkCore.Storage;
using PayFlow.Accounts.Data;
using PayFlow.ServiceDefaults.Audit;
using PayFlow.ServiceDefaults.Connections;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Messaging;

namespace PayFlow.Accounts.People;

/// <summary>Tells somebody, in the app and by e-mail, that what protects their wallet was changed: if it was not them, they know.</summary>
public sealed class SecurityAlerts(AccountsDbContext db, Outbox outbox, AuditLog audit, TimeProvider clock)
{
    /// <summary>Saves and commits the change with its audit event and the alert.</summary>
    /// <param name="ended">The sessions that ended with it, whose events the context holds.</param>
    public async Task CommitAsync(IDbContextTransaction transaction, User user, string title, AuditEvent what, CancellationToken cancellationToken, OutboxBatch? ended = null)
    {
        var alert = outbox.NewBatch();
        alert.Add(new NotificationRequest(
            new TenantId(user.TenantId), TypedId.NewGuid(clock).ToString(), new PartyId(user.PartyId), null, "security_alert", title, "If it was not you, set a new password at once, and end the sessions that you do not know.", clock.GetDatabaseNow(), user.Email));
        db.Add(outbox.ToRow(alert));
        using var trail = audit.NewTrail();
        trail.Add(what);
        trail.AddTo(db);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        trail.Committed();
        outbox.Committed(alert);
        if (ended is not null) outbox.Committed(ended);
    }
}
