using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using PayFlow.Accounts.Data;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.Audit;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Messaging;
using PayFlow.ServiceDefaults.Problems;

namespace PayFlow.Accounts.People;

/// <summary>
/// <c>PUT /people/{id}/roles</c>, <c>PUT /people/{id}/tier</c> and <c>POST /people/{id}/unlock</c>, by an admin, with a reason, and never one's own.
/// Roles and tier stand in access tokens, so the person's sessions end with a change.
/// </summary>
public sealed class ChangePerson(AccountsDbContext db, Sessions sessions, Outbox outbox, AuditLog audit, TimeProvider clock)
{
    /// <param name="Roles">Words of <see cref="Role"/>.</param>
    public sealed record RolesRequest(IReadOnlyList<string> Roles, string Reason);

    /// <param name="Tier">A word of <see cref="KycTier"/>.</param>
    public sealed record TierRequest(string Tier, string Reason);

    public sealed record UnlockRequest(string Reason);

    public static Task<Results<Ok<PersonResponse>, ProblemHttpResult>> RolesAsync(UserId id, RolesRequest request, Caller caller, ChangePerson change, AuditActor who, CancellationToken cancellationToken)
    {
        var roles = request.Roles.Distinct(StringComparer.Ordinal).ToArray();
        var isUsable = roles.Length > 0 && roles.All(role => WireWord.TryParse<Role>(role, out _));
        return change.ApplyAsync(id, caller, who, AuditActions.RolesChanged, request.Reason, isUsable ? null : ("roles", "One or more of customer, merchant, support, auditor and admin."), user => new { user.Roles }, user => user.Roles = roles, endsSessions: true, cancellationToken);
    }

    public static Task<Results<Ok<PersonResponse>, ProblemHttpResult>> TierAsync(UserId id, TierRequest request, Caller caller, ChangePerson change, AuditActor who, CancellationToken cancellationToken) =>
        change.ApplyAsync(id, caller, who, AuditActions.TierChanged, request.Reason, WireWord.TryParse<KycTier>(request.Tier, out _) ? null : ("tier", "minimum or full."), user => new { user.Tier }, user => user.Tier = request.Tier, endsSessions: true, cancellationToken);

    public static Task<Results<Ok<PersonResponse>, ProblemHttpResult>> UnlockAsync(UserId id, UnlockRequest request, Caller caller, ChangePerson change, AuditActor who, CancellationToken cancellationToken) =>
        change.ApplyAsync(
            id,
            caller,
            who,
            AuditActions.Unlocked,
            request.Reason,
            null,
            user => new { user.LockoutEnd, user.ConfirmationLockedUntil },
            user => (user.LockoutEnd, user.AccessFailedCount, user.ConfirmationLockedUntil, user.ConfirmationFailedCount) = (null, 0, null, 0),
            endsSessions: false,
            cancellationToken);

    private async Task<Results<Ok<PersonResponse>, ProblemHttpResult>> ApplyAsync(
        UserId id, Caller caller, AuditActor who, string action, string reason, (string Field, string Error)? objection, Func<User, object> show, Action<User> apply, bool endsSessions, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors().AddIf(reason.Trim().Length is 0 or > 200, "reason", "1 to 200 characters.");
        if (objection is { } wrong) errors.Add(wrong.Field, wrong.Error);
        if (errors.Any) return errors.ToProblem();
        if (id == caller.UserId) return Problem.Of(ProblemCodes.Forbidden, "Nobody changes their own: ask another admin.");
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        if (await db.Users.FromSql($"select * from users where id = {id.Value} for update").SingleOrDefaultAsync(cancellationToken) is not { } user) return GetPeople.NotFound();
        await CommitAsync(transaction, user, who, action, reason.Trim(), show, apply, endsSessions, cancellationToken);
        return TypedResults.Ok((await db.PersonAsync(id, clock, cancellationToken))!);
    }

    /// <summary>Makes the change, with its audit row and the sessions' end, and commits.</summary>
    /// <param name="user">Locked in the transaction.</param>
    internal async Task CommitAsync(
        IDbContextTransaction transaction, User user, AuditActor who, string action, string reason, Func<User, object> show, Action<User> apply, bool endsSessions, CancellationToken cancellationToken)
    {
        var before = show(user);
        apply(user);
        var events = endsSessions ? await sessions.EndAsync(user.Id, action, cancellationToken) : outbox.NewBatch();
        using var trail = audit.NewTrail();
        trail.Add(new AuditEvent(action, who, "user", user.Id.ToString()) { Before = before, After = new { now = show(user), reason } });
        trail.AddTo(db);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        trail.Committed();
        outbox.Committed(events);
    }
}
