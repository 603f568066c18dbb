using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using PayFlow.Accounts.Data;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.Connections;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Problems;

namespace PayFlow.Accounts.Staff;

/// <summary>
/// Whether one admin may approve what another one asked for. Two accounts of one person must not do as two admins, so
/// the admin role itself is granted by two, and it ties those who share its origin.
/// </summary>
public sealed class FourEyes(AccountsDbContext db, TimeProvider clock)
{
    /// <summary>
    /// Within this time of getting the role an admin approves nothing: the others have time to object.
    /// </summary>
    public static readonly TimeSpan Wait = TimeSpan.FromHours(24);

    /// <summary>
    /// The first that applies: the requests are one's own, the role is too new, one made the other an admin, or the
    /// same admin made both. Admins of the configuration have no grant and are tied to those only that they made.
    /// </summary>
    /// <param name="grants">Those of the approver and of the requester, all that there ever were.</param>
    /// <returns>Null where the approver may approve.</returns>
    public static string? Objection(
        Guid approver,
        Guid requester,
        IReadOnlyCollection<AdminGrant> grants,
        DateTimeOffset now
    )
    {
        if (approver == requester)
            return "You cannot approve your own request. Ask another admin.";
        var (mine, theirs) = (
            grants.Where(grant => grant.User == approver),
            grants.Where(grant => grant.User == requester)
        );
        if (mine.Any(grant => grant.At > now - Wait))
        {
            return "You became an admin less than 24 hours ago. Ask an admin with a longer term to approve this.";
        }

        if (mine.Any(grant => grant.RequestedBy == requester) || theirs.Any(grant => grant.RequestedBy == approver))
        {
            return "One of you appointed the other as an admin. Ask a third admin to approve this.";
        }

        return mine.Select(grant => grant.RequestedBy).Intersect(theirs.Select(grant => grant.RequestedBy)).Any()
            ? "The same admin appointed both of you. Ask another admin to approve this."
            : null;
    }

    /// <returns>Null where the caller may approve what <paramref name="requester"/> asked for, otherwise the
    /// refusal.</returns>
    public async Task<ProblemHttpResult?> RefusalAsync(
        Caller caller,
        Guid requester,
        CancellationToken cancellationToken
    )
    {
        Guid[] both = [caller.UserId.Value, requester];
        var (kind, approved) = (EnumNames.Of(PersonRequestKind.AdminRole), "approved");
        var grants = await db
            .PersonRequests.Where(row => both.Contains(row.UserId) && row.Kind == kind && row.Status == approved)
            .Select(row => new AdminGrant(row.UserId, row.RequestedBy, row.DecidedAt!.Value))
            .ToListAsync(cancellationToken);
        var objection = Objection(caller.UserId.Value, requester, grants, clock.GetDatabaseNow());
        return objection is null ? null : Problem.Of(ProblemCodes.Forbidden, objection);
    }
}
