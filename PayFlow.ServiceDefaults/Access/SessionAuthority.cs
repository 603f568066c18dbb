using System.Net.Http.Json;
using PayFlow.ServiceDefaults.Identifiers;

namespace PayFlow.ServiceDefaults.Access;

/// <param name="TokensEndAt">When it can be forgotten, because its last access token has expired.</param>
public sealed record RevokedSession(SessionId SessionId, DateTimeOffset TokensEndAt);

/// <summary>Who issues access tokens: Accounts. The other services ask it; Accounts itself answers from its database.</summary>
public interface ISessionAuthority
{
    /// <returns>The public keys as a JSON Web Key Set (RFC 7517).</returns>
    Task<string> GetKeySetAsync(CancellationToken cancellationToken);

    /// <summary>Revoked sessions whose access tokens may not all have expired.</summary>
    Task<IReadOnlyList<RevokedSession>> GetRevokedAsync(CancellationToken cancellationToken);
}

/// <summary>Asks Accounts, by its discovery name.</summary>
internal sealed class RemoteSessionAuthority(IHttpClientFactory clients) : ISessionAuthority
{
    public const string ClientName = "session-authority";

    public async Task<string> GetKeySetAsync(CancellationToken cancellationToken)
    {
        using var client = clients.CreateClient(ClientName);
        return await client.GetStringAsync(new Uri("/.well-known/jwks.json", UriKind.Relative), cancellationToken);
    }

    public async Task<IReadOnlyList<RevokedSession>> GetRevokedAsync(CancellationToken cancellationToken)
    {
        using var client = clients.CreateClient(ClientName);
        return await client.GetFromJsonAsync<List<RevokedSession>>(new Uri("/internal/sessions/revoked", UriKind.Relative), cancellationToken) ?? [];
    }
}
