using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.Identifiers;

namespace PayFlow.Accounts.Identity;

/// <summary>Makes access tokens: what every service lets a caller in by, for a few minutes.</summary>
public sealed class AccessTokenIssuer(SigningKeys keys, AccessOptions access, TimeProvider clock)
{
    private readonly JsonWebTokenHandler _handler = new() { SetDefaultTimesOnTokenCreation = false };

    /// <summary>Seconds.</summary>
    public int ExpiresIn => (int)access.TokenLifetime.TotalSeconds;

    public string Issue(User user, Guid session)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        return _handler.CreateToken(
            new SecurityTokenDescriptor
            {
                TokenType = AccessClaims.Type,
                Issuer = access.Issuer,
                Audience = access.Audience,
                IssuedAt = now,
                NotBefore = now,
                Expires = now + access.TokenLifetime,
                SigningCredentials = keys.Current,
                Claims = new Dictionary<string, object>(StringComparer.Ordinal)
                {
                    [JwtRegisteredClaimNames.Jti] = TypedId.NewGuid(clock).ToString(),
                    [AccessClaims.User] = user.Id.ToString(),
                    [AccessClaims.Party] = user.PartyId.ToString(),
                    [AccessClaims.Session] = session.ToString(),
                    [AccessClaims.Roles] = user.Roles,
                    [AccessClaims.Tier] = user.Tier,
                    [AccessClaims.Tenant] = user.TenantId.ToString(),
                },
            }
        );
    }
}
