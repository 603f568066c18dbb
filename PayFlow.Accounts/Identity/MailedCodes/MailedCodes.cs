using System.Globalization;
using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using PayFlow.Accounts.Data;
using PayFlow.ServiceDefaults.AuditChain;
using PayFlow.ServiceDefaults.Commits;
using PayFlow.ServiceDefaults.Connections;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Secrets;

namespace PayFlow.Accounts.Identity;

/// <summary>
/// Codes that show that somebody reads an address's mail: each good once, for a short time, for one purpose. What is
/// stored is their keyed hash; what travels to Notifications is sealed.
/// </summary>
public sealed class MailedCodes(
    AccountsDbContext db,
    SecretCipher cipher,
    SealedCodes sealing,
    UnitsOfWork units,
    PeopleOptions options,
    TimeProvider clock
)
{
    // 26 of these 31 signs are 128 bits: nobody tries them out, so wrong ones need no counting.
    private const string Alphabet = "abcdefghjkmnpqrstuvwxyz23456789";
    private const int Length = 26;

    private static readonly TimeSpan Retention = TimeSpan.FromDays(7);

    /// <summary>
    /// Makes a code and sends it to a known address. Above the hourly limit, none is sent while the last code is valid
    /// for at least half of its time, so that the owner always has a valid code. An unknown address costs the same
    /// writes, so that neither the answer nor its time shows whether the address is known.
    /// </summary>
    public async Task AskAsync(
        CodePurpose purpose,
        string address,
        User? user,
        AuditActor who,
        CancellationToken cancellationToken
    )
    {
        var now = clock.GetDatabaseNow();
        var (word, addressHash) = (EnumNames.Of(purpose), AddressHash(address));
        await using var work = await units.BeginAsync(db, cancellationToken);
        // Serialize requests for one address, so that concurrent ones cannot all pass the rate check.
        await db.Database.ExecuteSqlAsync(
            $"select pg_advisory_xact_lock({BitConverter.ToInt64(addressHash)})",
            cancellationToken
        );
        var (since, lifetime) = (
            now - TimeSpan.FromHours(1),
            purpose == CodePurpose.ResetPassword ? options.ResetCodeLifetime : options.VerifyCodeLifetime
        );
        var half = now - (lifetime / 2);
        var sent = db.MailedCodes.Where(row => row.AddressHash == addressHash && row.Purpose == word);
        var isOften =
            await sent.CountAsync(row => row.CreatedAt > since, cancellationToken) >= options.MailedCodesPerHour
            && await sent.AnyAsync(
                row => row.UsedAt == null && row.CreatedAt > half && row.ExpiresAt > now,
                cancellationToken
            );
        if (!isOften)
        {
            var (id, code) = (TypedId.NewGuid(clock), RandomNumberGenerator.GetString(Alphabet, Length));
            db.Add(
                new MailedCodeRow
                {
                    Id = id,
                    TenantId = db.Tenant.Value,
                    UserId = user?.Id,
                    Purpose = word,
                    AddressHash = addressHash,
                    Hash = Hash(code),
                    CreatedAt = now,
                    ExpiresAt = now + lifetime,
                }
            );
            if (user is not null)
            {
                work.Publish(
                    new NotificationRequest(
                        new TenantId(user.TenantId),
                        id.ToString(),
                        new PartyId(user.PartyId),
                        null,
                        word,
                        null,
                        null,
                        now,
                        user.Email,
                        InApp: false,
                        sealing.Seal(id, code),
                        now + lifetime
                    )
                    {
                        Template = word,
                        Values = Values(purpose, lifetime),
                    }
                );
            }
        }

        work.Audit(
            new AuditEvent(
                purpose == CodePurpose.ResetPassword
                    ? AuditActions.PasswordResetAsked
                    : AuditActions.EmailVerificationAsked,
                who,
                "user",
                user?.Id.ToString()
            )
            {
                After = new { sent = user is not null && !isOften },
            }
        );
        var old = now - Retention;
        await db.Database.ExecuteSqlAsync(
            $"""
            delete from mailed_codes where tenant_id = {db.Tenant.Value} and id in
            (select id from mailed_codes where tenant_id = {db.Tenant.Value} and created_at < {old}
             order by created_at limit 10 for update skip locked)
            """,
            cancellationToken
        );
        await work.CommitAsync(cancellationToken);
    }

    /// <returns>Whose it is; null where it is wrong, was used or is too old.</returns>
    public Task<User?> OwnerAsync(CodePurpose purpose, string code, CancellationToken cancellationToken)
    {
        var (word, hash, now) = (EnumNames.Of(purpose), Hash(Plain(code)), clock.GetDatabaseNow());
        return db
            .Users.AsNoTracking()
            .SingleOrDefaultAsync(
                user =>
                    db.MailedCodes.Any(row =>
                        row.Hash == hash
                        && row.Purpose == word
                        && row.UsedAt == null
                        && row.ExpiresAt > now
                        && row.UserId == user.Id
                    ),
                cancellationToken
            );
    }

    /// <summary>
    /// Uses a code up, and with it all others of its owner for the same purpose, in the caller's database transaction.
    /// </summary>
    /// <returns>False where it was used or ran out meanwhile.</returns>
    public async Task<bool> UseAsync(CodePurpose purpose, string code, Guid owner, CancellationToken cancellationToken)
    {
        var (word, hash, now) = (EnumNames.Of(purpose), Hash(Plain(code)), clock.GetDatabaseNow());
        var used =
            await db
                .MailedCodes.Where(row =>
                    row.Hash == hash
                    && row.Purpose == word
                    && row.UserId == owner
                    && row.UsedAt == null
                    && row.ExpiresAt > now
                )
                .ExecuteUpdateAsync(row => row.SetProperty(one => one.UsedAt, now), cancellationToken) == 1;
        if (used)
            await EndAsync(purpose, owner, cancellationToken);
        return used;
    }

    /// <summary>Ends the codes that are open.</summary>
    public Task EndAsync(CodePurpose purpose, Guid owner, CancellationToken cancellationToken)
    {
        var (word, now) = (EnumNames.Of(purpose), clock.GetDatabaseNow());
        return db
            .MailedCodes.Where(row => row.UserId == owner && row.Purpose == word && row.UsedAt == null)
            .ExecuteUpdateAsync(row => row.SetProperty(one => one.UsedAt, now), cancellationToken);
    }

    /// <summary>How long the code is valid, in the unit that its text names.</summary>
    private static Dictionary<string, string> Values(CodePurpose purpose, TimeSpan lifetime)
    {
        var span = purpose == CodePurpose.ResetPassword ? lifetime.TotalMinutes : lifetime.TotalHours;
        return new(StringComparer.Ordinal) { ["lifetime"] = span.ToString("0", CultureInfo.InvariantCulture) };
    }

    /// <summary>As people may type it: in groups and with capitals.</summary>
    private static string Plain(string code) => string.Concat(code.Where(char.IsLetterOrDigit)).ToLowerInvariant();

    private byte[] Hash(string code) => cipher.Mac("mailed code", Guid.Empty, code);

    private byte[] AddressHash(string address) => cipher.Mac("address", Guid.Empty, EmailAddresses.Key(address));
}
