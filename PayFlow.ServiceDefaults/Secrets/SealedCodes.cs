using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Configuration;

namespace PayFlow.ServiceDefaults.Secrets;

/// <summary>
/// Codes on their way from who makes them to who mails them: the event, the outbox, the broker and the mail queue hold
/// them encrypted (docs/adr/0008-codes-by-e-mail.md). Both sides have the key from configuration
/// (<c>NotificationKey</c>).
/// </summary>
public sealed class SealedCodes(string key)
{
    private const string Purpose = "mailed code";

    private readonly SecretCipher _cipher = new(key);

    /// <exception cref="InvalidOperationException">There is no usable key.</exception>
    public static SealedCodes From(IConfiguration configuration) =>
        configuration["NotificationKey"] is { Length: >= SecretCipher.MinKeyLength } key
            ? new SealedCodes(key)
            : throw new InvalidOperationException(
                $"NotificationKey needs random text of {SecretCipher.MinKeyLength} characters and more, the same for "
                    + "Accounts and Notifications. PayFlow.AppHost gives one."
            );

    /// <param name="request">The request that carries it; in another one it does not open.</param>
    public string Seal(Guid request, string code) =>
        Convert.ToBase64String(_cipher.Encrypt(Purpose, request, Encoding.UTF8.GetBytes(code)));

    /// <exception cref="CryptographicException">
    /// It was sealed with another key or for another request, or was changed.
    /// </exception>
    public string Open(Guid request, string sealedCode)
    {
        var all = new byte[sealedCode.Length];
        return Convert.TryFromBase64String(sealedCode, all, out var length)
            ? Encoding.UTF8.GetString(_cipher.Decrypt(Purpose, request, all[..length]))
            : throw new CryptographicException("That is no sealed code.");
    }
}
