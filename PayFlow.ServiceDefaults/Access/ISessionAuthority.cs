namespace PayFlow.ServiceDefaults.Access;

/// <summary>Who issues access tokens: Accounts. The other services ask it; Accounts itself answers from its database.</summary>
public interface ISessionAuthority
{
    /// <returns>The public keys as a JSON Web Key Set (RFC 7517).</returns>
    Task<string> GetKeySetAsync(CancellationToken cancellationToken);

    /// <summary>Revoked sessions whose access tokens may not all have expired.</summary>
    Task<IReadOnlyList<RevokedSession>> GetRevokedAsync(CancellationToken cancellationToken);
}
