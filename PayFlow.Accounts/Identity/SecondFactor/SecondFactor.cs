using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using OtpNet;
using PayFlow.Accounts.Data;
using PayFlow.ServiceDefaults.AuditChain;
using PayFlow.ServiceDefaults.Commits;
using PayFlow.ServiceDefaults.Connections;
using PayFlow.ServiceDefaults.Secrets;

namespace PayFlow.Accounts.Identity;

/// <summary>
/// Codes of an authenticator app (TOTP, RFC 6238: six digits, SHA-1, 30 seconds, which is what the apps know) and
/// recovery codes for who has lost it. Each is taken once.
/// </summary>
public sealed class SecondFactor(
    AccountsDbContext db,
    SecretCipher cipher,
    TimeProvider clock,
    ILogger<SecondFactor> logger
)
{
    public const int RecoveryCodes = 10;

    private const string SecretPurpose = "one-time password";
    private const string RecoveryPurpose = "recovery code";
    private const string Issuer = "PayFlow";
    private const int SecretBytes = 20;
    private const int RecoveryLength = 10;

    // Without those that are read for one another. 31 signs: ten of them are 49 bits.
    private const string RecoverySigns = "abcdefghjkmnpqrstuvwxyz23456789";

    private const int StepSeconds = 30;

    private static readonly TimeSpan EnrolmentTimeout = TimeSpan.FromMinutes(10);

    // A code of the moment before counts, for who types slowly, and one of the moment after, for a clock that is ahead.
    private static readonly VerificationWindow Window = new(previous: 1, future: 1);

    /// <summary>A right code that is not used up yet: of a time step, or a recovery code.</summary>
    public sealed record Match(long? Step, byte[]? RecoveryHash);

    /// <summary>The time step of this moment.</summary>
    public long Step => clock.GetUtcNow().ToUnixTimeSeconds() / StepSeconds;

    /// <returns>Whether a secret waits for its first code. One that has waited for ten minutes is forgotten.</returns>
    public bool IsWaiting(User user) =>
        user is { TwoFactorEnabled: false, OneTimeSecret: not null, OneTimeStep: { } begun }
        && (Step - begun) * StepSeconds < EnrolmentTimeout.TotalSeconds;

    /// <returns>The secret, encrypted to be stored, and as people and apps take it.</returns>
    public (byte[] Stored, string Secret, string Uri) NewSecret(User user)
    {
        var secret = RandomNumberGenerator.GetBytes(SecretBytes);
        var text = Base32Encoding.ToString(secret).TrimEnd('=');
        return (
            cipher.Encrypt(SecretPurpose, user.Id, secret),
            text,
            $"otpauth://totp/{Issuer}:{Uri.EscapeDataString(user.Email!)}?secret={text}&issuer={Issuer}"
                + $"&algorithm=SHA1&digits=6&period={StepSeconds}"
        );
    }

    /// <returns>
    /// Null where the code is wrong. Whether it was taken before is for <see cref="UseAsync"/> to say.
    /// </returns>
    public async Task<Match?> MatchAsync(User user, string code, CancellationToken cancellationToken)
    {
        var plain = string.Concat(code.Where(char.IsLetterOrDigit)).ToLowerInvariant();
        if (plain.Length == RecoveryLength)
        {
            var hash = RecoveryHash(user.Id, plain);
            return await db.RecoveryCodes.AnyAsync(
                row => row.UserId == user.Id && row.Hash == hash && row.UsedAt == null,
                cancellationToken
            )
                ? new Match(null, hash)
                : null;
        }

        if (user.OneTimeSecret is not { } stored || Open(user, stored) is not { } secret)
            return null;
        return new Totp(secret).VerifyTotp(clock.GetUtcNow().UtcDateTime, plain, out var step, Window)
            ? new Match(step, null)
            : null;
    }

    /// <summary>Uses a code up.</summary>
    /// <param name="work">Its transaction holds the user's row.</param>
    /// <returns>False where it was taken before.</returns>
    public async Task<bool> UseAsync(
        UnitOfWork work,
        User user,
        Match match,
        AuditActor who,
        CancellationToken cancellationToken
    )
    {
        if (match.Step is { } step)
        {
            return await db
                    .Users.Where(row => row.Id == user.Id && (row.OneTimeStep == null || row.OneTimeStep < step))
                    .ExecuteUpdateAsync(row => row.SetProperty(one => one.OneTimeStep, step), cancellationToken) == 1;
        }

        var now = clock.GetDatabaseNow();
        var used =
            await db
                .RecoveryCodes.Where(row =>
                    row.UserId == user.Id && row.Hash == match.RecoveryHash && row.UsedAt == null
                )
                .ExecuteUpdateAsync(row => row.SetProperty(one => one.UsedAt, now), cancellationToken) == 1;
        if (used)
            work.Audit(new AuditEvent(AuditActions.RecoveryCodeUsed, who, "user", user.Id.ToString()));
        return used;
    }

    /// <summary>
    /// New recovery codes in place of all earlier ones, in the caller's database transaction; the caller saves them.
    /// </summary>
    /// <returns>To be shown once: what is stored is their hashes.</returns>
    public async Task<IReadOnlyList<string>> RenewRecoveryCodesAsync(User user, CancellationToken cancellationToken)
    {
        await db.RecoveryCodes.Where(row => row.UserId == user.Id).ExecuteDeleteAsync(cancellationToken);
        var now = clock.GetDatabaseNow();
        var codes = Enumerable
            .Range(0, RecoveryCodes)
            .Select(_ => RandomNumberGenerator.GetString(RecoverySigns, RecoveryLength))
            .ToList();
        db.AddRange(
            codes.Select(code => new RecoveryCodeRow
            {
                UserId = user.Id,
                Hash = RecoveryHash(user.Id, code),
                TenantId = user.TenantId,
                CreatedAt = now,
            })
        );
        return codes.ConvertAll(code => $"{code[..5]}-{code[5..]}");
    }

    /// <returns>Null where it was encrypted with another key: no code is right then, and the log says why.</returns>
    private byte[]? Open(User user, byte[] stored)
    {
        try
        {
            return cipher.Decrypt(SecretPurpose, user.Id, stored);
        }
        catch (CryptographicException other)
        {
            logger.LogError(
                other,
                "The second factor of user {UserId} was encrypted with another Identity:KeyEncryptionKey: "
                    + "they must turn it on again",
                user.Id
            );
            return null;
        }
    }

    private byte[] RecoveryHash(Guid user, string code) => cipher.Mac(RecoveryPurpose, user, code);
}
