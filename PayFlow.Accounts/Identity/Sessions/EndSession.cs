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
    public sealed record Services(Sessions Sessions, AccountsDbContext Db, UnitsOfWork Units, AuditActor Actor);

    public static async Task<NoContent> SignOutAsync(
        Caller caller,
        [AsParameters] Services services,
        CancellationToken cancellationToken
    )
    {
        // Another request may have ended it a moment ago, which is the same result.
        await EndAsync(caller, caller.SessionId, "signed_out", services, cancellationToken);
        return TypedResults.NoContent();
    }

    public static async Task<Results<NoContent, ProblemHttpResult>> ByIdAsync(
        SessionId id,
        Caller caller,
        [AsParameters] Services services,
        CancellationToken cancellationToken
    ) =>
        await EndAsync(caller, id, "ended_by_owner", services, cancellationToken)
            ? TypedResults.NoContent()
            : Problem.Of(
                IdentityProblems.SessionNotFound,
                "The session may have ended already. GET /auth/sessions lists your sessions."
            );

    private static async Task<bool> EndAsync(
        Caller caller,
        SessionId id,
        string reason,
        Services services,
        CancellationToken cancellationToken
    )
    {
        await using var work = await services.Units.BeginAsync(services.Db, cancellationToken);
        var ended = await services.Sessions.EndAsync(
            work,
            caller.UserId.Value,
            reason,
            cancellationToken,
            only: id.Value
        );
        if (ended > 0)
            work.Audit(
                new AuditEvent(AuditActions.SessionEnded, services.Actor, "session", id.ToString())
                {
                    After = new { reason },
                }
            );
        await work.CommitAsync(cancellationToken);
        return ended > 0;
    }
}
