using Microsoft.AspNetCore.Http.HttpResults;
using PayFlow.Accounts.Data;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.AuditChain;
using PayFlow.ServiceDefaults.Commits;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Problems;

namespace PayFlow.Accounts.Identity;

/// <summary>
/// <c>POST /auth/sign-out</c> and <c>DELETE /auth/sessions/{id}</c>: one's own session, here or on another device.
/// </summary>
public static class EndSession
{
    public static async Task<NoContent> SignOutAsync(
        Caller caller,
        Sessions sessions,
        AccountsDbContext db,
        UnitsOfWork units,
        AuditActor who,
        CancellationToken cancellationToken
    )
    {
        // Already ended by somebody else a moment ago: that is what was asked for.
        await EndAsync(caller, caller.SessionId, "signed_out", sessions, db, units, who, cancellationToken);
        return TypedResults.NoContent();
    }

    public static async Task<Results<NoContent, ProblemHttpResult>> ByIdAsync(
        SessionId id,
        Caller caller,
        Sessions sessions,
        AccountsDbContext db,
        UnitsOfWork units,
        AuditActor who,
        CancellationToken cancellationToken
    ) =>
        await EndAsync(caller, id, "ended_by_owner", sessions, db, units, who, cancellationToken)
            ? TypedResults.NoContent()
            : Problem.Of(
                IdentityProblems.SessionNotFound,
                "The session may have ended already. GET /auth/sessions lists your sessions."
            );

    private static async Task<bool> EndAsync(
        Caller caller,
        SessionId id,
        string reason,
        Sessions sessions,
        AccountsDbContext db,
        UnitsOfWork units,
        AuditActor who,
        CancellationToken cancellationToken
    )
    {
        await using var work = await units.BeginAsync(db, cancellationToken);
        var ended = await sessions.EndAsync(work, caller.UserId.Value, reason, cancellationToken, only: id.Value);
        if (ended > 0)
            work.Audit(
                new AuditEvent(AuditActions.SessionEnded, who, "session", id.ToString()) { After = new { reason } }
            );
        await work.CommitAsync(cancellationToken);
        return ended > 0;
    }
}
