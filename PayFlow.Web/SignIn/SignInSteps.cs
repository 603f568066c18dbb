using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;

namespace PayFlow.Web.SignIn;

/// <summary>
/// What somebody showed in the first step of signing in, while the second one asks for a code: encrypted in the form
/// itself, for a few minutes, so that nobody types a password twice and the server keeps none.
/// </summary>
public sealed class SignInSteps(IDataProtectionProvider protection)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    private readonly ITimeLimitedDataProtector _protector = protection
        .CreateProtector("PayFlow.SignInStep")
        .ToTimeLimitedDataProtector();

    public string Seal(string email, string password) =>
        _protector.Protect(JsonSerializer.Serialize<string[]>([email, password]), Lifetime);

    /// <returns>Nulls where it is too old or not ours.</returns>
    public (string? Email, string? Password) Open(string step)
    {
        try
        {
            return JsonSerializer.Deserialize<string[]>(_protector.Unprotect(step)) is [var email, var password]
                ? (email, password)
                : (null, null);
        }
        catch (CryptographicException)
        {
            return (null, null);
        }
    }
}
