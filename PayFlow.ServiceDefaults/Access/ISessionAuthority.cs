namespace PayFlow.ServiceDefaults.Access;

/// <summary>
/// The issuer of access tokens: Accounts. Other services call it; Accounts itself reads its database.
/// </summary>
public interface ISessionAuthority
{
    /// <returns>The public keys as a JSON Web Key Set (RFC 7517).</returns>
    Task<string> GetKeySetAsync(CancellationToken cancellationToken);

    /// <summary>Revoked sessions whose access tokens may not all have expired.</summary>
    Task<IReadOnlyList<RevokedSession>> GetRevokedAsync(CancellationToken cancellationToken);
}
