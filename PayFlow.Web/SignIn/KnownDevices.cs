using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace PayFlow.Web.SignIn;

/// <summary>
/// The cookie by which Accounts knows a browser that somebody signed in with before. It signs nobody in; it keeps
/// wrong tries of others from locking this browser out (docs/adr/0017-hashing-and-locks.md). Its content is encrypted
/// and signed, so only this wallet makes one.
/// </summary>
public sealed class KnownDevices(IDataProtectionProvider protection, IWebHostEnvironment environment)
{
    private const int Bytes = 16;

    // Browsers keep no cookie for longer.
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(400);

    private readonly IDataProtector _protector = protection.CreateProtector("PayFlow.KnownDevice");

    private string Name => environment.IsDevelopment() ? "payflow.device" : "__Host-payflow-device";

    /// <returns>This browser's random text: the cookie's, or a new one.</returns>
    public string Of(HttpContext http)
    {
        if (http.Request.Cookies[Name] is { } cookie)
        {
            try
            {
                return _protector.Unprotect(cookie);
            }
            catch (CryptographicException)
            {
                // Not ours, or the keys are gone: the browser counts as a new one.
            }
        }

        return Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));
    }

    /// <summary>Keeps it in the browser after a sign-in, for as long again.</summary>
    public void Keep(HttpContext http, string device) =>
        http.Response.Cookies.Append(
            Name,
            _protector.Protect(device),
            new CookieOptions
            {
                HttpOnly = true,
                IsEssential = true,
                MaxAge = Lifetime,
                Path = "/",
                SameSite = SameSiteMode.Strict,
                Secure = !environment.IsDevelopment() || http.Request.IsHttps,
            }
        );
}
