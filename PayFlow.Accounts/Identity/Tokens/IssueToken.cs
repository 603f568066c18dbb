using Microsoft.AspNetCore.Http.HttpResults;
using PayFlow.ServiceDefaults.Http;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Problems;
using PayFlow.ServiceDefaults.Text;

namespace PayFlow.Accounts.Identity;

/// <summary>
/// <c>POST /internal/sessions/{id}/token</c>: an access token for the web wallet, which acts for its browser. The
/// session's id is no secret: it stands in tokens, events and the audit log. So the wallet shows the key as well, which
/// only the browser's cookie has. The refresh token is not involved; it counts as use of the session.
/// </summary>
public static class IssueToken
{
    public sealed record Request([property: SecretText] string Key) : IHasExample<Request>
    {
        public static Request Example => new("the-session-key");
    }

    public sealed record Response(string AccessToken, int ExpiresIn);

    public static async Task<Results<Ok<Response>, ProblemHttpResult>> HandleAsync(
        SessionId id,
        Request request,
        Sessions sessions,
        AccessTokenIssuer issuer,
        CancellationToken cancellationToken
    ) =>
        await sessions.UseAsync(id, cancellationToken, Sessions.HashOf(request.Key)) is { } user
            ? TypedResults.Ok(new Response(issuer.Issue(user, id.Value), issuer.ExpiresIn))
            : Problem.Of(IdentityProblems.SessionNotFound, "The session has ended or expired. Sign in again.");
}
