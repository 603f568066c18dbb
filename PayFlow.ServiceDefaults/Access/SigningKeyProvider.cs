using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace PayFlow.ServiceDefaults.Access;

/// <summary>
/// Caches the authority's public keys. Reads them at first use, at intervals, and for an unknown key id, so that a new
/// key is valid from its first token. While the authority is unavailable, the last keys stay valid.
/// </summary>
internal sealed class SigningKeyProvider(ISessionAuthority authority, AccessOptions access, TimeProvider clock)
    : IConfigurationManager<OpenIdConnectConfiguration>,
        IDisposable
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(5);

    // Limits reads, because invented key ids must not load the authority.
    private static readonly TimeSpan MinAge = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private OpenIdConnectConfiguration? _keys;
    private DateTimeOffset _readAt;

    public Task<OpenIdConnectConfiguration> GetConfigurationAsync(CancellationToken cancel) =>
        GetAsync(MaxAge, _ => true, cancel);

    /// <exception cref="AuthorityUnavailableException">Nothing is known, and the authority cannot be asked.</exception>
    public Task LookForAsync(string keyId, CancellationToken cancel) =>
        GetAsync(
            MinAge,
            keys => keys.SigningKeys.Any(key => string.Equals(key.KeyId, keyId, StringComparison.Ordinal)),
            cancel
        );

    public void RequestRefresh()
    {
        // LookForAsync has refreshed before the token was checked.
    }

    public void Dispose() => _turn.Dispose();

    private async Task<OpenIdConnectConfiguration> GetAsync(
        TimeSpan age,
        Func<OpenIdConnectConfiguration, bool> isEnough,
        CancellationToken cancel
    )
    {
        if (_keys is { } known && (isEnough(known) || !IsOlderThan(age)) && !IsOlderThan(MaxAge))
            return known;
        await _turn.WaitAsync(cancel);
        try
        {
            if (_keys is { } read && (isEnough(read) || !IsOlderThan(age)) && !IsOlderThan(MaxAge))
                return read;
            var keys = new OpenIdConnectConfiguration { Issuer = access.Issuer };
            // Read to the end even if this client disconnects, because other requests wait for the same result.
            foreach (
                var key in new JsonWebKeySet(await authority.GetKeySetAsync(CancellationToken.None)).GetSigningKeys()
            )
                keys.SigningKeys.Add(key);
            _keys = keys;
            return keys;
        }
        catch (Exception away)
        {
            return _keys ?? throw new AuthorityUnavailableException(away);
        }
        finally
        {
            _readAt = clock.GetUtcNow();
            _turn.Release();
        }
    }

    private bool IsOlderThan(TimeSpan age) => clock.GetUtcNow() - _readAt >= age;
}
