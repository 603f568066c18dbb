using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using PayFlow.Accounts.Data;
using PayFlow.ServiceDefaults.AuditChain;
using PayFlow.ServiceDefaults.Commits;
using PayFlow.ServiceDefaults.Connections;
using PayFlow.ServiceDefaults.Http;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Problems;
using PayFlow.ServiceDefaults.Text;

namespace PayFlow.Accounts.Identity;

/// <summary>
/// <c>POST /auth/refresh</c>: a refresh token is good once, for new tokens. One that comes twice was stolen or is used
/// by two at once; nobody can tell who is right, so the session ends for both. There is no grace for the second of two
/// at once: a client with several tabs refreshes in one of them. The web wallet needs none of this, it keeps no refresh
/// token. So many a minute and session, since each leaves a row.
/// </summary>
public static class RefreshSession
{
    public sealed record Request([property: SecretText] string RefreshToken) : IHasExample<Request>
    {
        public static Request Example => new("the-refresh-token");
    }

    private const int MaxPerMinute = 10;

    public sealed record Services(Sessions Sessions, AccountsDbContext Db, UnitsOfWork Units, TimeProvider Clock);

    public static async Task<Results<Ok<SessionTokens>, ProblemHttpResult>> HandleAsync(
        Request request,
        HttpResponse response,
        [AsParameters] Services services,
        AuditActor who,
        CancellationToken cancellationToken
    )
    {
        var hash = Sessions.HashOf(request.RefreshToken);
        await using var work = await services.Units.BeginAsync(services.Db, cancellationToken);
        var token = await services
            .Db.RefreshTokens.FromSql($"select * from refresh_tokens where hash = {hash} for update")
            .SingleOrDefaultAsync(cancellationToken);
        if (token is null)
            return Refused();
        if (token.UsedAt is not null)
        {
            var owner = await services
                .Db.Sessions.Where(session => session.Id == token.SessionId)
                .Select(session => session.UserId)
                .SingleAsync(cancellationToken);
            await services.Sessions.EndAsync(
                work,
                owner,
                "refresh_token_reused",
                cancellationToken,
                only: token.SessionId
            );
            work.Audit(
                new AuditEvent(AuditActions.RefreshTokenReused, who, "session", token.SessionId.ToString())
                {
                    After = new { userId = owner },
                }
            );
            await work.CommitAsync(cancellationToken);
            return Refused();
        }

        if (await services.Sessions.UseAsync(new SessionId(token.SessionId), cancellationToken) is not { } user)
            return Refused();
        var now = services.Clock.GetDatabaseNow();
        var since = now - TimeSpan.FromMinutes(1);
        var recent = await services.Db.RefreshTokens.CountAsync(
            row => row.SessionId == token.SessionId && row.CreatedAt > since,
            cancellationToken
        );
        if (recent >= MaxPerMinute)
        {
            response.Headers.RetryAfter = "60";
            return Problem.Of(
                ProblemCodes.RateLimited,
                $"A session allows {MaxPerMinute} refreshes a minute. Use the access token until it expires."
            );
        }

        token.UsedAt = now;
        var tokens = services.Sessions.Issue(user, token.SessionId);
        await work.CommitAsync(cancellationToken);
        return TypedResults.Ok(tokens);
    }

    private static ProblemHttpResult Refused() => Problem.Of(IdentityProblems.SessionEnded, "Sign in again.");
}
