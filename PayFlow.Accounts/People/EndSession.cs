using Microsoft.AspNetCore.Http.HttpResults;
using PayFlow.Accounts.Data;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.Audit;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Messaging;
using PayFlow.ServiceDefaults.Problems;

namespace PayFlow.Accounts.People;

/// <summary><c>POST /auth/sign-out</c> and <c>DELETE /auth/sessions/{id}</c>: one's own session, here or on another device.</summary>
public static class EndSession
{
    public static async Task<NoContent> SignOutAsync(
        Caller caller,
        Sessions sessions,
        AccountsDbContext db,
        Outbox outbox,
        AuditLog audit,
        AuditActor who,
        CancellationToken cancellationToken
    )
    {
        // Already ended by somebody else a moment ago: that is what was asked for.
        await EndAsync(caller, caller.SessionId, "signed_out", sessions, db, outbox, audit, who, cancellationToken);
        return TypedResults.NoContent();
    }

    public static async Task<Results<NoContent, ProblemHttpResult>> ByIdAsync(
        SessionId id,
        Caller caller,
        Sessions sessions,
        AccountsDbContext db,
        Outbox outbox,
        AuditLog audit,
        AuditActor who,
        CancellationToken cancellationToken
    ) =>
        await EndAsync(caller, id, "ended_by_owner", sessions, db, outbox, audit, who, cancellationToken)
            ? TypedResults.NoContent()
            : Problem.Of(
                ProblemCodes.SessionNotFound,
                "The session may have ended already. GET /auth/sessions lists your sessions."
            );

    private static async Task<bool> EndAsync(
        Caller caller,
        SessionId id,
        string reason,
        Sessions sessions,
        AccountsDbContext db,
        Outbox outbox,
        AuditLog audit,
        AuditActor who,
        CancellationToken cancellationToken
    )
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var events = await sessions.EndAsync(caller.UserId.Value, reason, cancellationToken, only: id.Value);
        using var trail = audit.NewTrail();
        if (!events.IsEmpty)
            trail.Add(
                new AuditEvent(AuditActions.SessionEnded, who, "session", id.ToString()) { After = new { reason } }
            );
        trail.AddTo(db);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        trail.Committed();
        outbox.Committed(events);
        return !events.IsEmpty;
    }
}
