using Microsoft.EntityFrameworkCore;
using PayFlow.Accounts.Data;
using PayFlow.ServiceDefaults.AuditChain;
using PayFlow.ServiceDefaults.Commits;
using PayFlow.ServiceDefaults.Connections;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Identifiers;

namespace PayFlow.Accounts.Identity;

/// <summary>
/// Commits each change of what protects a wallet. With it end the open codes that could reset the password, and the
/// payment confirmations that were made before it. Its owner reads of it in the app and by e-mail: if it was somebody
/// else, they know. An address that was never verified gets no e-mail: it may be that of a stranger.
/// </summary>
public sealed class SecurityAlerts(AccountsDbContext db, MailedCodes codes, PeopleOptions options, TimeProvider clock)
{
    /// <summary>How often one owner is warned of wrong codes.</summary>
    private static readonly TimeSpan WarningInterval = TimeSpan.FromMinutes(15);

    // Clocks differ a little.
    private static readonly TimeSpan Slack = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Commits the change with its audit event and the alert.
    /// </summary>
    /// <param name="work">Its transaction holds the user's row.</param>
    /// <param name="template">The alert's text in Notifications.</param>
    public async Task CommitAsync(
        EntityUnitOfWork work,
        User user,
        string template,
        AuditEvent what,
        CancellationToken cancellationToken
    )
    {
        await EndProofsAsync(work, user, cancellationToken);
        work.Publish(Alert(user, template));
        work.Audit(what);
        await work.CommitAsync(cancellationToken);
    }

    /// <summary>
    /// Ends the open codes that could reset the password, and the payment confirmations of before.
    /// </summary>
    /// <param name="work">Its transaction holds the user's row.</param>
    public async Task EndProofsAsync(UnitOfWork work, User user, CancellationToken cancellationToken)
    {
        await codes.EndAsync(CodePurpose.ResetPassword, user.Id, cancellationToken);
        work.Publish(await RevokeProofAsync(user, cancellationToken));
    }

    /// <summary>
    /// Warns the owner that somebody knows the password and tries codes, at most once in a quarter of an hour.
    /// </summary>
    public async Task WarnOfCodesAsync(UnitOfWork work, User user, CancellationToken cancellationToken)
    {
        var now = clock.GetDatabaseNow();
        var before = now - WarningInterval;
        var isDue =
            await db
                .Users.Where(row => row.Id == user.Id && (row.CodeWarnedAt == null || row.CodeWarnedAt <= before))
                .ExecuteUpdateAsync(row => row.SetProperty(one => one.CodeWarnedAt, now), cancellationToken) == 1;
        if (isDue)
            work.Publish(Alert(user, "wrong_codes"));
    }

    /// <summary>Revokes earlier payment confirmations; services receive this as they do an ended session.</summary>
    private async Task<SessionRevoked> RevokeProofAsync(User user, CancellationToken cancellationToken)
    {
        var (now, fresh) = (clock.GetDatabaseNow(), TypedId.NewGuid(clock));
        // Under the lock of the row: a change at the same moment has its own.
        var stamp = await db
            .Users.Where(row => row.Id == user.Id)
            .Select(row => row.ProofStamp)
            .SingleAsync(cancellationToken);
        await db
            .Users.Where(row => row.Id == user.Id)
            .ExecuteUpdateAsync(row => row.SetProperty(one => one.ProofStamp, fresh), cancellationToken);
        var until = now + options.ConfirmationLifetime + Slack;
        var revoked = new RevokedProofRow
        {
            Id = stamp,
            TenantId = user.TenantId,
            UserId = user.Id,
            Until = until,
        };
        db.Add(revoked);
        return new SessionRevoked(new TenantId(user.TenantId), new SessionId(stamp), new UserId(user.Id), now, until);
    }

    private NotificationRequest Alert(User user, string template) =>
        new(
            new TenantId(user.TenantId),
            TypedId.NewGuid(clock).ToString(),
            new PartyId(user.PartyId),
            null,
            "security_alert",
            null,
            null,
            clock.GetDatabaseNow(),
            user.EmailConfirmed ? user.Email : null
        )
        {
            Template = template,
        };
}
