using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace PayFlow.Web.Browsers;

/// <summary>What a browser's cookie holds, and Accounts is shown for access tokens.</summary>
/// <param name="Secret">Random, and nowhere else but in the cookie: Accounts keeps its hash.</param>
public sealed record BrowserKey(Guid Session, Guid User, string Secret)
{
    private const int SecretBytes = 32;

    public static string NewSecret() => Base64UrlEncoder.Encode(RandomNumberGenerator.GetBytes(SecretBytes));
}
