using System.Collections.Immutable;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using PayFlow.Accounts.Data;
using PayFlow.Accounts.Identity;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.AuditChain;
using PayFlow.ServiceDefaults.Commits;
using PayFlow.ServiceDefaults.Connections;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Documentation;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Paging;
using PayFlow.ServiceDefaults.Problems;

namespace PayFlow.Accounts.Staff;

/// <summary>
/// <c>GET /people/requests</c>, the newest first, <c>GET /people/requests/{id}</c>, and <c>POST</c> to its
/// <c>/approve</c> and <c>/reject</c>. Every admin may reject, and an admin may take back a request of their own.
/// </summary>
public sealed class ReviewPersonRequest(
    AccountsDbContext db,
    ChangePerson change,
    FourEyes eyes,
    AdminNews news,
    SecurityAlerts alerts,
    UnitsOfWork units,
    TimeProvider clock
)
{
    private static readonly string Admin = EnumNames.Of(Role.Admin);

    public static async Task<Results<Ok<Page<PersonRequestResponse>>, ProblemHttpResult>> ListAsync(
        AccountsDbContext db,
        CancellationToken cancellationToken,
        [Words("pending", "approved", "rejected")] string? status = null,
        string? cursor = null,
        int limit = Cursor.DefaultLimit
    )
    {
        if (limit is < 1 or > Cursor.MaxLimit)
            return Problem.Invalid("limit", $"Must be from 1 to {Cursor.MaxLimit}.");
        if (status is not (null or PersonRequests.Pending or PersonRequests.Approved or PersonRequests.Rejected))
        {
            return Problem.Invalid("status", "Must be pending, approved or rejected.");
        }

        var rows = db.PersonRequests.AsNoTracking();
        if (status is not null)
            rows = rows.Where(row => row.Status == status);
        var list = $"person requests {status}";
        if (cursor is not null)
        {
            if (!Cursor.TryRead(cursor, list, out var position) || !Guid.TryParse(position, out var after))
            {
                return Problem.Of(ProblemCodes.InvalidCursor, "Remove the cursor to read the list from its start.");
            }

            rows = rows.Where(row => row.Id < after);
        }

        var page = await rows.OrderByDescending(row => row.Id).Take(limit + 1).ToListAsync(cancellationToken);
        var next = page.Count > limit ? Cursor.Write(list, page[limit - 1].Id.ToString()) : null;
        return TypedResults.Ok(
            new Page<PersonRequestResponse>([.. page.Take(limit).Select(PersonRequestResponse.From)], next)
        );
    }

    public static async Task<Results<Ok<PersonRequestResponse>, ProblemHttpResult>> ByIdAsync(
        Guid id,
        AccountsDbContext db,
        CancellationToken cancellationToken
    ) =>
        await db.PersonRequests.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, cancellationToken) is { } row
            ? TypedResults.Ok(PersonRequestResponse.From(row))
            : NotFound();

    public static Task<Results<Ok<PersonRequestResponse>, ProblemHttpResult>> ApproveAsync(
        Guid id,
        Caller caller,
        ReviewPersonRequest review,
        AuditActor who,
        CancellationToken cancellationToken
    ) => review.DecideAsync(id, caller, who, PersonRequests.Approved, cancellationToken);

    public static Task<Results<Ok<PersonRequestResponse>, ProblemHttpResult>> RejectAsync(
        Guid id,
        Caller caller,
        ReviewPersonRequest review,
        AuditActor who,
        CancellationToken cancellationToken
    ) => review.DecideAsync(id, caller, who, PersonRequests.Rejected, cancellationToken);

    private static ProblemHttpResult NotFound() =>
        Problem.Of(ProblemCodes.NotFound, "No request has this id. GET /people/requests lists all requests.");

    private async Task<Results<Ok<PersonRequestResponse>, ProblemHttpResult>> DecideAsync(
        Guid id,
        Caller caller,
        AuditActor who,
        string decision,
        CancellationToken cancellationToken
    )
    {
        await using var work = await units.BeginAsync(db, cancellationToken);
        var owner = await db
            .PersonRequests.Where(row => row.Id == id)
            .Select(row => (Guid?)row.UserId)
            .SingleOrDefaultAsync(cancellationToken);
        if (owner is not { } userId)
            return NotFound();
        // The user first, as every change of a person does, so that no two wait for each other.
        var user = await db
            .Users.FromSql($"select * from users where id = {userId} for update")
            .SingleAsync(cancellationToken);
        var row = await db
            .PersonRequests.FromSql($"select * from person_requests where id = {id} for update")
            .SingleAsync(cancellationToken);
        if (caller.UserId.Value == user.Id || caller.Owns(new PartyId(user.PartyId)))
        {
            return Problem.Of(
                ProblemCodes.Forbidden,
                "You cannot decide on a request about yourself. Ask another admin."
            );
        }

        if (row.Status != PersonRequests.Pending)
        {
            return row.Status == decision
                ? TypedResults.Ok(PersonRequestResponse.From(row))
                : Problem.Of(ProblemCodes.AlreadyDecided, $"It was {row.Status} before.");
        }

        var approves = decision == PersonRequests.Approved;
        if (approves && await RefusalAsync(row, user, caller, cancellationToken) is { } refused)
            return refused;
        row.Status = decision;
        row.DecidedBy = caller.UserId.Value;
        row.DecidedAt = clock.GetDatabaseNow();
        if (approves)
        {
            await change.CommitAsync(work, user, who, Approved(row, user, who, cancellationToken), cancellationToken);
        }
        else
            await RejectAsync(work, row, user, who, cancellationToken);
        return TypedResults.Ok(PersonRequestResponse.From(row));
    }

    private PersonChange Approved(PersonRequestRow row, User user, AuditActor who, CancellationToken cancellationToken)
    {
        if (row.Roles is { } roles)
        {
            return new PersonChange(
                AuditActions.RolesChanged,
                row.Reason,
                one => new { one.Roles },
                one => one.Roles = roles,
                EndsSessions: true
            );
        }

        return new PersonChange(
            AuditActions.SecondFactorRemoved,
            row.Reason,
            one => new { secondFactor = one.TwoFactorEnabled },
            one => (one.TwoFactorEnabled, one.OneTimeSecret, one.OneTimeStep) = (false, null, null),
            EndsSessions: true
        )
        {
            AlsoAsync = async work =>
            {
                await db.RecoveryCodes.Where(code => code.UserId == user.Id).ExecuteDeleteAsync(cancellationToken);
                await alerts.EndProofsAsync(work, user, cancellationToken);
                await news.AddAsync(
                    work,
                    user,
                    who.UserId?.Value,
                    "second_factor_removed",
                    ImmutableDictionary<string, string>.Empty,
                    cancellationToken
                );
            },
        };
    }

    private async Task RejectAsync(
        EntityUnitOfWork work,
        PersonRequestRow row,
        User user,
        AuditActor who,
        CancellationToken cancellationToken
    )
    {
        await news.AddAsync(
            work,
            user,
            who.UserId?.Value,
            PersonRequests.Template(row.Kind, "rejected"),
            PersonRequests.Values(row),
            cancellationToken
        );
        work.Audit(PersonRequests.Audited(AuditActions.PersonChangeRejected, who, row));
        await work.CommitAsync(cancellationToken);
    }

    private async Task<ProblemHttpResult?> RefusalAsync(
        PersonRequestRow row,
        User user,
        Caller caller,
        CancellationToken cancellationToken
    )
    {
        if (await eyes.RefusalAsync(caller, row.RequestedBy, cancellationToken) is { } refused)
            return refused;
        var stillAdmin = await db.Users.AnyAsync(
            one => one.Id == row.RequestedBy && one.Roles.Contains(Admin),
            cancellationToken
        );
        if (!stillAdmin)
        {
            return Problem.Of(
                ProblemCodes.Forbidden,
                "The requesting admin no longer has the admin role. Reject the request and make a new one."
            );
        }
        return row.Roles is null && !user.TwoFactorEnabled
            ? Problem.Of(
                IdentityProblems.SecondFactorState,
                "The second factor of this person is off already. Reject the request."
            )
            : null;
    }
}
