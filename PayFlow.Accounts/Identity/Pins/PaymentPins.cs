using Microsoft.AspNetCore.Identity;
using PayFlow.ServiceDefaults.Secrets;

namespace PayFlow.Accounts.Identity;

/// <summary>
/// Hashes and compares payment PINs. There are so few of them that BCrypt alone would not keep them from who has a copy
/// of the database: what is hashed is the PIN's keyed hash, bound to its owner.
/// </summary>
public sealed class PaymentPins(PasswordHashing hashing, SecretCipher cipher)
{
    public Task<string> HashAsync(Guid user, string pin) => hashing.HashAsync(Keyed(user, pin));

    public Task<PasswordVerificationResult> VerifyAsync(Guid user, string hash, string pin) =>
        hashing.VerifyAsync(hash, Keyed(user, pin));

    public string Keyed(Guid user, string pin) => Convert.ToBase64String(cipher.Mac("payment pin", user, pin));
}
