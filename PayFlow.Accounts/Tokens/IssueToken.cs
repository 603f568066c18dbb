using Microsoft.AspNetCore.Http.HttpResults;
using PayFlow.Accounts.People;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Problems;

namespace PayFlow.Accounts.Tokens;

/// <summary>
/// <c>POST /internal/sessions/{id}/token</c>: an access token for the web wallet, which acts for its browser and keeps nothing of
/// the session but its id, in a cookie that only it can read. The refresh token is not involved; it counts as use of the session.
/// </summary>
public static class IssueToken
{
    public sealed record Response(string AccessToken, int ExpiresIn);

    public static async Task<Results<Ok<Response>, ProblemHttpResult>> HandleAsync(SessionId id, Sessions sessions, AccessTokenIssuer issuer, CancellationToken cancellationToken) =>
        await sessions.UseAsync(id, cancellationToken) is { } user
            ? TypedResults.Ok(new Response(issuer.Issue(user, id.Value), issuer.ExpiresIn))
            : Problem.Of(ProblemCodes.SessionNotFound, "It has ended or run out: sign in again.");
}
