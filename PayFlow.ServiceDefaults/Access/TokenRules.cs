using System.Buffers;
using Microsoft.IdentityModel.Tokens;

namespace PayFlow.ServiceDefaults.Access;

/// <summary>The validation rules of all tokens that Accounts signs.</summary>
internal static class TokenRules
{
    // The accepted difference between the clocks of issuer and verifier.
    private static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(5);

    private static readonly SearchValues<char> Spelling = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."
    );

    /// <summary>Base64url without padding (RFC 7515, section 2), which the library would read as well.</summary>
    public static bool IsSpelledRight(string token) => !token.AsSpan().ContainsAnyExcept(Spelling);

    /// <summary>ES256, issuer, audience, an end that lies ahead and no start that does.</summary>
    /// <param name="type">The only <c>typ</c> that counts, so that no token passes for one of another kind.</param>
    public static TokenValidationParameters ToParameters(this AccessOptions access, string type, TimeProvider clock) =>
        new()
        {
            ValidAlgorithms = [SecurityAlgorithms.EcdsaSha256],
            ValidTypes = [type],
            ValidIssuer = access.Issuer,
            ValidAudience = access.Audience,
            LifetimeValidator = (notBefore, expires, _, _) =>
                expires is { } end
                && end > clock.GetUtcNow().UtcDateTime - ClockSkew
                && (notBefore is not { } start || start <= clock.GetUtcNow().UtcDateTime + ClockSkew),
        };
}
