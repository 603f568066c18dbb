using Microsoft.AspNetCore.Http.HttpResults;
using PayFlow.ServiceDefaults.Access;

namespace PayFlow.Accounts.Identity;

/// <summary><c>GET /internal/sessions/revoked</c>: for a service that starts, or was cut off from the events.</summary>
public static class ListRevoked
{
    public static async Task<Ok<IReadOnlyList<RevokedSession>>> HandleAsync(
        ISessionAuthority authority,
        CancellationToken cancellationToken
    ) => TypedResults.Ok(await authority.GetRevokedAsync(cancellationToken));
}
