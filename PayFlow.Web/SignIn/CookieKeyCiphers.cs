using System.Security.Cryptography;
using PayFlow.ServiceDefaults.Secrets;

namespace PayFlow.Web.SignIn;

/// <summary>What the keys of cookies are encrypted with: the first encrypts, and all of them decrypt.</summary>
public sealed class CookieKeyCiphers(IReadOnlyList<SecretCipher> ciphers)
{
    private const string Purpose = "cookie key";

    public byte[] Encrypt(byte[] key) => ciphers[0].Encrypt(Purpose, Guid.Empty, key);

    /// <exception cref="CryptographicException">None of them has encrypted it.</exception>
    public byte[] Decrypt(byte[] encrypted)
    {
        foreach (var cipher in ciphers.SkipLast(1))
        {
            try
            {
                return cipher.Decrypt(Purpose, Guid.Empty, encrypted);
            }
            catch (CryptographicException)
            {
                // The one before may have been its.
            }
        }

        return ciphers[^1].Decrypt(Purpose, Guid.Empty, encrypted);
    }
}
