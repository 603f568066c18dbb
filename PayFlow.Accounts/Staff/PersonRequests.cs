using Microsoft.EntityFrameworkCore;
using PayFlow.Accounts.Data;
using PayFlow.Accounts.Identity;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.AuditChain;
using PayFlow.ServiceDefaults.Commits;
using PayFlow.ServiceDefaults.Connections;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Identifiers;

namespace PayFlow.Accounts.Staff;

/// <summary>Keeps what waits for another admin.</summary>
public sealed class PersonRequests(AccountsDbContext db, AdminNews news, TimeProvider clock)
{
    public const string Pending = "pending";
    public const string Approved = "approved";
    public const string Rejected = "rejected";

    /// <summary>The text of Notifications about a request of this kind.</summary>
    /// <param name="what"><c>requested</c> or <c>rejected</c>.</param>
    public static string Template(string kind, string what) =>
        EnumNames.Parse<PersonRequestKind>(kind) == PersonRequestKind.AdminRole
            ? $"admin_role_{what}"
            : $"second_factor_removal_{what}";

    public static Dictionary<string, string> Values(PersonRequestRow row) =>
        new(StringComparer.Ordinal) { ["request"] = row.Id.ToString() };

    public PersonRequestRow NewRow(
        User user,
        PersonRequestKind kind,
        string reason,
        Caller caller,
        string[]? roles = null
    ) =>
        new()
        {
            Id = TypedId.NewGuid(clock),
            TenantId = user.TenantId,
            UserId = user.Id,
            Kind = EnumNames.Of(kind),
            Roles = roles,
            Reason = reason,
            RequestedBy = caller.UserId.Value,
            RequestedAt = clock.GetDatabaseNow(),
        };

    /// <summary>Keeps the request, tells the admins and commits.</summary>
    /// <param name="work">Its transaction holds the user's row, so that two askings do not cross.</param>
    /// <returns>Null where the same waits already.</returns>
    public async Task<PersonRequestRow?> AskAsync(
        EntityUnitOfWork work,
        User user,
        PersonRequestRow asked,
        AuditActor who,
        CancellationToken cancellationToken
    )
    {
        var waits = db.PersonRequests.Where(row =>
            row.UserId == user.Id && row.Kind == asked.Kind && row.Status == Pending
        );
        if (await waits.AnyAsync(cancellationToken))
            return null;
        db.Add(asked);
        await news.AddAsync(
            work,
            user,
            asked.RequestedBy,
            Template(asked.Kind, "requested"),
            Values(asked),
            cancellationToken
        );
        work.Audit(Audited(AuditActions.PersonChangeRequested, who, asked));
        await work.CommitAsync(cancellationToken);
        return asked;
    }

    /// <summary>Rejects what waits for new roles of the user; the caller saves and commits.</summary>
    /// <returns>What the audit log has to say of it.</returns>
    public async Task<IReadOnlyList<AuditEvent>> SupersedeAsync(
        User user,
        Caller caller,
        AuditActor who,
        CancellationToken cancellationToken
    )
    {
        var (kind, now) = (EnumNames.Of(PersonRequestKind.AdminRole), clock.GetDatabaseNow());
        var waiting = await db
            .PersonRequests.Where(row => row.UserId == user.Id && row.Kind == kind && row.Status == Pending)
            .ToListAsync(cancellationToken);
        foreach (var row in waiting)
        {
            row.Status = Rejected;
            row.DecidedBy = caller.UserId.Value;
            row.DecidedAt = now;
        }

        return waiting.ConvertAll(row => Audited(AuditActions.PersonChangeRejected, who, row));
    }

    public static AuditEvent Audited(string action, AuditActor who, PersonRequestRow row) =>
        new(action, who, "user", row.UserId.ToString())
        {
            After = new
            {
                requestId = row.Id,
                row.Kind,
                row.Roles,
                row.Reason,
                row.RequestedBy,
            },
        };
}
