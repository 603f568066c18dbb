using System.Diagnostics.Metrics;
using System.Globalization;
using Microsoft.AspNetCore.Identity;

namespace PayFlow.Accounts.Identity;

/// <summary>
/// BCrypt over SHA-384, so that no character of a long password is cut off. It takes a good part of a second by design:
/// call it through <see cref="PasswordHashing"/>.
/// </summary>
public sealed class BCryptHasher(PeopleOptions options) : IPasswordHasher<User>
{
    private static readonly Counter<long> AllRounds = new Meter(PasswordHashing.MeterName).CreateCounter<long>(
        "payflow.password.rounds",
        description: "Rounds of BCrypt: what hashing has cost"
    );

    private int _highest = options.BcryptWorkFactor;
    private long _rounds;

    /// <summary>
    /// The rounds of BCrypt since the start: what all hashing has cost, whatever the machine was doing.
    /// </summary>
    public long Rounds => Interlocked.Read(ref _rounds);

    public static string Hash(string password, int workFactor) =>
        BCrypt.Net.BCrypt.EnhancedHashPassword(PasswordRules.Normalise(password), workFactor);

    public string HashPassword(User user, string password) => Hash(password);

    public PasswordVerificationResult VerifyHashedPassword(User user, string hashedPassword, string providedPassword) =>
        Verify(hashedPassword, providedPassword);

    public string Hash(string password)
    {
        Count(options.BcryptWorkFactor);
        return Hash(password, options.BcryptWorkFactor);
    }

    /// <summary>
    /// Costs the same for every hash, or the time of an answer would tell whose work factor is an old one, and so that
    /// somebody has an account: hashes of the factors from the hash's own up to the highest have together as many
    /// rounds as one of the highest lacks.
    /// </summary>
    public PasswordVerificationResult Verify(string hash, string password)
    {
        var factor = FactorOf(hash);
        Meet(factor);
        var isRight = BCrypt.Net.BCrypt.EnhancedVerify(PasswordRules.Normalise(password), hash);
        Count(factor);
        for (var padding = factor; padding < Volatile.Read(ref _highest); padding++)
        {
            Hash(password, padding);
            Count(padding);
        }

        if (!isRight)
            return PasswordVerificationResult.Failed;
        return factor == options.BcryptWorkFactor
            ? PasswordVerificationResult.Success
            : PasswordVerificationResult.SuccessRehashNeeded;
    }

    /// <summary>There are hashes of this work factor, which may be higher than the configured one is now.</summary>
    public void Meet(int factor)
    {
        for (var known = Volatile.Read(ref _highest); factor > known; known = Volatile.Read(ref _highest))
        {
            Interlocked.CompareExchange(ref _highest, factor, known);
        }
    }

    private static int FactorOf(string hash) =>
        int.Parse(BCrypt.Net.BCrypt.InterrogateHash(hash).WorkFactor, CultureInfo.InvariantCulture);

    private void Count(int factor)
    {
        Interlocked.Add(ref _rounds, 1L << factor);
        AllRounds.Add(1L << factor);
    }
}
