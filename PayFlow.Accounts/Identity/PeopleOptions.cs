using Microsoft.AspNetCore.Identity;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.Secrets;

namespace PayFlow.Accounts.Identity;

/// <summary>How people sign in, from configuration (<c>Identity</c>).</summary>
public sealed class PeopleOptions
{
    private const int MinWorkFactor = 4;
    private const int MaxWorkFactor = 31;

    /// <summary>
    /// The secret that signing keys and one-time-password secrets are encrypted with in the database: random text of 32
    /// characters and more.
    /// </summary>
    public string KeyEncryptionKey { get; set; } = "";

    /// <summary>
    /// Two to this power is how many rounds a hash takes. With another one, a password is hashed anew when it is next
    /// used.
    /// </summary>
    public int BcryptWorkFactor { get; set; } = 12;

    public HashingLimits Hashing { get; set; } = new();

    /// <summary>After how many wrong tries in a row a user is locked, and for how long.</summary>
    public LockoutOptions Lockout { get; set; } =
        new() { MaxFailedAccessAttempts = 5, DefaultLockoutTimeSpan = TimeSpan.FromMinutes(15) };

    /// <summary>
    /// After how many wrong PINs or codes in a row no payment can be confirmed, and for how long at first: each further
    /// time it is twice as long, up to 64 times.
    /// </summary>
    public LockoutOptions ConfirmationLockout { get; set; } =
        new() { MaxFailedAccessAttempts = 5, DefaultLockoutTimeSpan = TimeSpan.FromMinutes(15) };

    /// <summary>How long a payment confirmation is good for.</summary>
    public TimeSpan ConfirmationLifetime { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a code by e-mail resets a password.</summary>
    public TimeSpan ResetCodeLifetime { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>How long a code by e-mail verifies an address.</summary>
    public TimeSpan VerifyCodeLifetime { get; set; } = TimeSpan.FromHours(24);

    /// <summary>How many codes for one purpose are sent to an address in an hour.</summary>
    public int MailedCodesPerHour { get; set; } = 3;

    /// <summary>The address of who becomes the first admin (<c>FirstAdmin</c>); nobody where it is empty.</summary>
    public string FirstAdmin { get; set; } = "";

    public KycTier TierAtSignUp { get; set; } = KycTier.Minimum;

    /// <summary>A session ends after this time, used or not.</summary>
    public TimeSpan SessionLifetime { get; set; } = TimeSpan.FromDays(30);

    /// <summary>A session that was not used for this long ends.</summary>
    public TimeSpan SessionIdleLimit { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How long a key signs before the next one does.</summary>
    public TimeSpan SigningKeyLifetime { get; set; } = TimeSpan.FromDays(30);

    /// <exception cref="InvalidOperationException">A value cannot be worked with.</exception>
    public static PeopleOptions From(IConfiguration configuration)
    {
        var options = configuration.GetSection("Identity").Get<PeopleOptions>() ?? new PeopleOptions();
        if (options.KeyEncryptionKey.Length < SecretCipher.MinKeyLength)
            throw new InvalidOperationException(
                $"Identity:KeyEncryptionKey needs random text of {SecretCipher.MinKeyLength} characters and more. "
                    + "PayFlow.AppHost gives one."
            );
        if (options.BcryptWorkFactor is < MinWorkFactor or > MaxWorkFactor)
            throw new InvalidOperationException(
                $"Identity:BcryptWorkFactor is from {MinWorkFactor} to {MaxWorkFactor}."
            );
        if (options.Lockout.MaxFailedAccessAttempts < 1)
            throw new InvalidOperationException("Identity:Lockout:MaxFailedAccessAttempts is 1 or more.");
        if (options.ConfirmationLockout.MaxFailedAccessAttempts < 1)
            throw new InvalidOperationException("Identity:ConfirmationLockout:MaxFailedAccessAttempts is 1 or more.");
        if (!options.Hashing.User.IsUsable || !options.Hashing.Login.IsUsable || !options.Hashing.Address.IsUsable)
        {
            throw new InvalidOperationException("Identity:Hashing: every Burst is 1 or more, every PerSecond above 0.");
        }

        return options;
    }
}
