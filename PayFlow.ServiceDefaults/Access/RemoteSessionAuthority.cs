using System.Net.Http.Json;

namespace PayFlow.ServiceDefaults.Access;

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
        return await client.GetFromJsonAsync<List<RevokedSession>>(
                new Uri("/internal/sessions/revoked", UriKind.Relative),
                cancellationToken
            ) ?? [];
    }
}
