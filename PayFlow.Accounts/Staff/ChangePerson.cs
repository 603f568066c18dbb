using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using PayFlow.Accounts.Data;
using PayFlow.Accounts.Identity;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.AuditChain;
using PayFlow.ServiceDefaults.Commits;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Documentation;
using PayFlow.ServiceDefaults.Http;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Problems;

namespace PayFlow.Accounts.Staff;

/// <summary>
/// <c>PUT /people/{id}/roles</c>, <c>PUT /people/{id}/tier</c>, <c>POST /people/{id}/unlock</c> and
/// <c>POST /people/{id}/second-factor/remove</c>, by an admin, with a reason, and never one's own. Roles and tier stand
/// in access tokens, so the person's sessions end with a change. The admin role and the removal of a second factor wait
/// for another admin (<see cref="PersonRequests"/>). Taking the admin role away does not: an incident cannot wait.
/// </summary>
public sealed class ChangePerson(
    AccountsDbContext db,
    Sessions sessions,
    PersonRequests requests,
    AdminNews news,
    UnitsOfWork units,
    TimeProvider clock
)
{
    private static readonly string Admin = EnumNames.Of(Role.Admin);

    private static readonly string[] Staff = [.. new[] { Role.Support, Role.Auditor, Role.Admin }.Select(EnumNames.Of)];

    /// <param name="Roles">All roles that the person has afterwards.</param>
    public sealed record RolesRequest([property: Words(typeof(Role))] IReadOnlyList<string> Roles, string Reason)
        : IHasExample<RolesRequest>
    {
        public static RolesRequest Example => new(["support"], "Joined the support team.");
    }

    /// <param name="Tier">How well the person is known.</param>
    public sealed record TierRequest([property: Words(typeof(KycTier))] string Tier, string Reason)
        : IHasExample<TierRequest>
    {
        public static TierRequest Example => new("full", "Documents checked.");
    }

    public sealed record UnlockRequest(string Reason) : IHasExample<UnlockRequest>
    {
        public static UnlockRequest Example => new("Identity checked by phone.");
    }

    public sealed record RemovalRequest(string Reason) : IHasExample<RemovalRequest>
    {
        public static RemovalRequest Example => new("Lost the phone. Identity checked.");
    }

    public static async Task<
        Results<Ok<PersonResponse>, Accepted<PersonRequestResponse>, ProblemHttpResult>
    > RolesAsync(
        UserId id,
        RolesRequest request,
        Caller caller,
        ChangePerson change,
        AuditActor who,
        CancellationToken cancellationToken
    )
    {
        var roles = request.Roles.Distinct(StringComparer.Ordinal).ToArray();
        var isUsable = roles.Length > 0 && roles.All(role => EnumNames.TryParse<Role>(role, out _));
        var errors = Errors(request.Reason)
            .AddIf(!isUsable, "roles", "Must be one or more of customer, merchant, support, auditor and admin.");
        if (errors.Any)
            return errors.ToProblem();
        await using var work = await change.BeginAsync(cancellationToken);
        var (user, refused) = await change.LockAsync(id, caller, cancellationToken);
        if (user is null)
            return refused!;
        var reason = request.Reason.Trim();
        if (roles.Contains(Admin, StringComparer.Ordinal) && !user.Roles.Contains(Admin, StringComparer.Ordinal))
        {
            var asked = change.Requests.NewRow(user, PersonRequestKind.AdminRole, reason, caller, roles);
            return Waits(await change.Requests.AskAsync(work, user, asked, who, cancellationToken));
        }

        // What waits was asked for with the roles of before in mind.
        var superseded = await change.Requests.SupersedeAsync(user, caller, who, cancellationToken);
        var made = new PersonChange(
            AuditActions.RolesChanged,
            reason,
            one => new { one.Roles },
            one => one.Roles = roles,
            EndsSessions: true
        )
        {
            AlsoAudited = superseded,
        };
        await change.CommitAsync(work, user, who, made, cancellationToken);
        return TypedResults.Ok((await change.PersonAsync(id, cancellationToken))!);
    }

    public static async Task<Results<Accepted<PersonRequestResponse>, ProblemHttpResult>> RemoveSecondFactorAsync(
        UserId id,
        RemovalRequest request,
        Caller caller,
        ChangePerson change,
        AuditActor who,
        CancellationToken cancellationToken
    )
    {
        var errors = Errors(request.Reason);
        if (errors.Any)
            return errors.ToProblem();
        await using var work = await change.BeginAsync(cancellationToken);
        var (user, refused) = await change.LockAsync(id, caller, cancellationToken);
        if (user is null)
            return refused!;
        if (!user.TwoFactorEnabled)
        {
            return Problem.Of(
                IdentityProblems.SecondFactorState,
                "The second factor of this person is off, so there is nothing to remove."
            );
        }
        var asked = change.Requests.NewRow(user, PersonRequestKind.SecondFactorRemoval, request.Reason.Trim(), caller);
        return await change.Requests.AskAsync(work, user, asked, who, cancellationToken) is { } row
            ? Accept(row)
            : AskedAlready();
    }

    public static Task<Results<Ok<PersonResponse>, ProblemHttpResult>> TierAsync(
        UserId id,
        TierRequest request,
        Caller caller,
        ChangePerson change,
        AuditActor who,
        CancellationToken cancellationToken
    ) =>
        change.ApplyAsync(
            id,
            caller,
            who,
            Errors(request.Reason)
                .AddIf(!EnumNames.TryParse<KycTier>(request.Tier, out _), "tier", "Must be minimum or full."),
            new PersonChange(
                AuditActions.TierChanged,
                request.Reason.Trim(),
                user => new { user.Tier },
                user => user.Tier = request.Tier,
                EndsSessions: true
            ),
            cancellationToken
        );

    public static Task<Results<Ok<PersonResponse>, ProblemHttpResult>> UnlockAsync(
        UserId id,
        UnlockRequest request,
        Caller caller,
        ChangePerson change,
        AuditActor who,
        CancellationToken cancellationToken
    ) =>
        change.ApplyAsync(
            id,
            caller,
            who,
            Errors(request.Reason),
            new PersonChange(
                AuditActions.Unlocked,
                request.Reason.Trim(),
                user => new { locks = change.TriesOf(user).Count(row => row.LockedUntil != null) },
                user => change.TriesOf(user).ExecuteDelete(),
                EndsSessions: false
            ),
            cancellationToken
        );

    /// <summary>
    /// Makes the change, with its audit row, the sessions' end and the news to the admins, and commits.
    /// </summary>
    /// <param name="work">Its transaction holds the user's row.</param>
    internal async Task CommitAsync(
        EntityUnitOfWork work,
        User user,
        AuditActor who,
        PersonChange change,
        CancellationToken cancellationToken
    )
    {
        var (before, rolesBefore) = (change.Show(user), user.Roles);
        change.Apply(user);
        if (change.EndsSessions)
            await sessions.EndAsync(work, user.Id, change.Action, cancellationToken);
        if (IsStaffChange(rolesBefore, user.Roles))
        {
            await news.AddAsync(
                work,
                user,
                who.UserId?.Value,
                "staff_roles_changed",
                new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    ["before"] = string.Join(", ", rolesBefore),
                    ["after"] = string.Join(", ", user.Roles),
                },
                cancellationToken
            );
        }

        if (change.AlsoAsync is { } also)
            await also(work);
        work.Audit(
            new AuditEvent(change.Action, who, "user", user.Id.ToString())
            {
                Before = before,
                After = new { now = change.Show(user), reason = change.Reason },
            }
        );
        foreach (var what in change.AlsoAudited)
            work.Audit(what);
        await work.CommitAsync(cancellationToken);
    }

    private IQueryable<WrongTriesRow> TriesOf(User user) => db.WrongTries.Where(row => row.UserId == user.Id);

    private static FieldErrors Errors(string reason) =>
        new FieldErrors().AddIf(reason.Trim().Length is 0 or > 200, "reason", "Must have 1 to 200 characters.");

    private static bool IsStaffChange(string[] before, string[] after) =>
        !before
            .Intersect(Staff, StringComparer.Ordinal)
            .ToHashSet(StringComparer.Ordinal)
            .SetEquals(after.Intersect(Staff, StringComparer.Ordinal));

    private static Results<Ok<PersonResponse>, Accepted<PersonRequestResponse>, ProblemHttpResult> Waits(
        PersonRequestRow? row
    ) => row is null ? AskedAlready() : Accept(row);

    private static Accepted<PersonRequestResponse> Accept(PersonRequestRow row) =>
        TypedResults.Accepted($"/api/v1/people/requests/{row.Id}", PersonRequestResponse.From(row));

    private static ProblemHttpResult AskedAlready() =>
        Problem.Of(
            StaffProblems.AlreadyRequested,
            "A request is pending already. Another admin decides it: GET /people/requests?status=pending."
        );

    private PersonRequests Requests => requests;

    private Task<EntityUnitOfWork> BeginAsync(CancellationToken cancellationToken) =>
        units.BeginAsync(db, cancellationToken);

    private Task<PersonResponse?> PersonAsync(UserId id, CancellationToken cancellationToken) =>
        db.PersonAsync(id, clock, cancellationToken);

    /// <returns>The user, locked in the caller's transaction, or what to answer.</returns>
    private async Task<(User? User, ProblemHttpResult? Refused)> LockAsync(
        UserId id,
        Caller caller,
        CancellationToken cancellationToken
    )
    {
        var user = await db
            .Users.FromSql($"select * from users where id = {id.Value} for update")
            .SingleOrDefaultAsync(cancellationToken);
        if (user is null)
        {
            return (null, GetPeople.NotFound());
        }

        var isOwn = user.Id == caller.UserId.Value || caller.Owns(new PartyId(user.PartyId));
        return isOwn
            ? (null, Problem.Of(ProblemCodes.Forbidden, "You cannot change your own login. Ask another admin."))
            : (user, null);
    }

    private async Task<Results<Ok<PersonResponse>, ProblemHttpResult>> ApplyAsync(
        UserId id,
        Caller caller,
        AuditActor who,
        FieldErrors errors,
        PersonChange made,
        CancellationToken cancellationToken
    )
    {
        if (errors.Any)
            return errors.ToProblem();
        await using var work = await BeginAsync(cancellationToken);
        var (user, refused) = await LockAsync(id, caller, cancellationToken);
        if (user is null)
            return refused!;
        await CommitAsync(work, user, who, made, cancellationToken);
        return TypedResults.Ok((await PersonAsync(id, cancellationToken))!);
    }
}
