using Microsoft.AspNetCore.Identity;

namespace PayFlow.Accounts.People;

/// <summary>
/// BCrypt over SHA-384, so that no character of a long password is cut off. It takes a good part of a second by design: call it
/// through <see cref="PasswordHashing"/>.
/// </summary>
public sealed class BCryptHasher(PeopleOptions options) : IPasswordHasher<User>
{
    public static string Hash(string password, int workFactor) => BCrypt.Net.BCrypt.EnhancedHashPassword(PasswordRules.Normalise(password), workFactor);

    public string HashPassword(User user, string password) => Hash(password, options.BcryptWorkFactor);

    public PasswordVerificationResult VerifyHashedPassword(User user, string hashedPassword, string providedPassword) => Verify(hashedPassword, providedPassword);

    public string Hash(string password) => Hash(password, options.BcryptWorkFactor);

    public PasswordVerificationResult Verify(string hash, string password)
    {
        if (!BCrypt.Net.BCrypt.EnhancedVerify(PasswordRules.Normalise(password), hash)) return PasswordVerificationResult.Failed;
        var isCurrent = int.Parse(BCrypt.Net.BCrypt.InterrogateHash(hash).WorkFactor, System.Globalization.CultureInfo.InvariantCulture) == options.BcryptWorkFactor;
        return isCurrent ? PasswordVerificationResult.Success : PasswordVerificationResult.SuccessRehashNeeded;
    }
}
