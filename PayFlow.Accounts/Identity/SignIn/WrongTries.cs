using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;
using PayFlow.Accounts.Data;
using PayFlow.ServiceDefaults.Connections;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Http;
using PayFlow.ServiceDefaults.Secrets;
using static PayFlow.ServiceDefaults.Tenancy.TenantSql;

namespace PayFlow.Accounts.Identity;

/// <summary>
/// Counts wrong tries (docs/adr/0017-hashing-and-locks.md): for each secret of a user one counter for each origin and
/// one over all of them, both cleared by that secret's success from there alone. Each method is one statement that
/// queues on the counters' rows. However many tries come at once, a right secret counts only if fewer wrong ones than
/// allowed were counted before it.
/// </summary>
public sealed class WrongTries(AccountsDbContext db, SecretCipher cipher, PeopleOptions options, TimeProvider clock)
{
    /// <summary>How long an origin is known after the last sign-in from there.</summary>
    public static readonly TimeSpan KnownFor = TimeSpan.FromDays(90);

    private const string OriginPurpose = "sign-in origin";

    private static readonly string FailSql = $"""
        with counted as (
          insert into wrong_tries as tries (tenant_id, user_id, secret, origin, failed, locked_until, changed_at)
          select tenant_id, id, @secret, @origin, 1, {Lock("1", "one")}, @now from users
          where tenant_id = @tenant and id = @user and (@known or not exists (
            select from wrong_tries where tenant_id = @tenant and user_id = @user and secret = @secret
              and origin = '' and locked_until > @now))
          on conflict (user_id, secret, origin) do update
            set failed = tries.failed + 1, changed_at = @now, locked_until = {Lock("tries.failed + 1", "one")}
            where tries.locked_until is null or tries.locked_until <= @now
          returning tenant_id)
        insert into wrong_tries as tries (tenant_id, user_id, secret, origin, failed, locked_until, changed_at)
        select tenant_id, @user, @secret, '', 1, {Lock("1", "all")}, @now from counted where @origin <> ''
        on conflict (user_id, secret, origin) do update
          set failed = tries.failed + 1, changed_at = @now,
              locked_until = greatest(tries.locked_until, {Lock("tries.failed + 1", "all")})
        """;

    private const string LockedSql = """
        select from wrong_tries
        where tenant_id = @tenant and user_id = @user and secret = @secret and locked_until > @now
          and (origin = @origin or (origin = '' and not @known))
        """;

    private const string SucceedSql = $"""
        with owner as (select id from users
                       where tenant_id = @tenant and id = @user and proof_stamp = @stamp for no key update),
             counters as (select origin, locked_until from wrong_tries
                          where tenant_id = @tenant and user_id = @user and secret = @secret
                            and origin in (@origin, '')
                          order by origin for update),
             verdict as (select exists (select from owner) and not exists (
                           select from counters where locked_until > @now and (origin = @origin or not @known))
                           as is_open),
             cleared as (delete from wrong_tries where tenant_id = @tenant and user_id = @user and secret = @secret
                           and origin in (@origin, '') and (select is_open from verdict))
        select is_open as "Value" from verdict
        """;

    private const string OpenSql = $"""
        select exists (select from users where tenant_id = @tenant and id = @user and proof_stamp = @stamp)
           and not exists ({LockedSql}) as "Value"
        """;

    /// <summary>
    /// Where a request tries secrets of this user from; the same is asked for a user that does not exist.
    /// </summary>
    /// <param name="device">The text by which the client may be known; null where it has none.</param>
    public async Task<TryOrigin> OriginAsync(
        Guid user,
        HttpContext http,
        string? device,
        CancellationToken cancellationToken
    )
    {
        var (address, browser) = (AddressKey(user, http), device is null ? null : DeviceKey(user, device));
        var since = clock.GetDatabaseNow() - KnownFor;
        var known = await db
            .KnownOrigins.Where(row => row.UserId == user && (row.Origin == address || row.Origin == browser))
            .Where(row => row.LastRightAt > since)
            .Select(row => row.Origin)
            .ToListAsync(cancellationToken);
        if (browser is not null && known.Exists(key => key.AsSpan().SequenceEqual(browser)))
        {
            return new TryOrigin(browser, true);
        }

        return new TryOrigin(address, known.Count > 0);
    }

    /// <summary>From now on the user is known from here, and by this device.</summary>
    public Task RememberAsync(User user, HttpContext http, string? device, CancellationToken cancellationToken)
    {
        var now = clock.GetDatabaseNow();
        var day = now - TimeSpan.FromDays(1);
        byte[][] origins = device is null
            ? [AddressKey(user.Id, http)]
            : [AddressKey(user.Id, http), DeviceKey(user.Id, device)];
        return db.Database.ExecuteSqlAsync(
            $"""
            insert into known_origins as known (tenant_id, user_id, origin, last_right_at)
            select {user.TenantId}, {user.Id}, origin, {now} from unnest({origins}) origin
            on conflict (user_id, origin) do update set last_right_at = {now} where known.last_right_at < {day}
            """,
            cancellationToken
        );
    }

    /// <summary>
    /// Counts a wrong try. None is counted while its origin is locked, nor while all unknown ones are.
    /// </summary>
    public Task FailAsync(Guid user, SecretKind secret, TryOrigin origin, CancellationToken cancellationToken) =>
        db.Database.ExecuteSqlRawAsync(
            FailSql,
            [
                .. Parameters(user, secret, origin),
                .. Parameters(
                    "one",
                    origin.IsAll ? LockRule.OfAll(secret, options) : LockRule.OfOrigin(secret, options)
                ),
                .. Parameters("all", LockRule.OfAll(secret, options)),
            ],
            cancellationToken
        );

    /// <summary>Clears the counters of this secret for a right try.</summary>
    /// <param name="user">As read before the comparison: if a secret was changed since, the old one is wrong.</param>
    /// <returns>False where it is locked.</returns>
    public Task<bool> SucceedAsync(
        User user,
        SecretKind secret,
        TryOrigin origin,
        CancellationToken cancellationToken
    ) => AskAsync(SucceedSql, user, secret, origin, cancellationToken);

    /// <returns>False where it is locked, or a secret was changed since the user was read.</returns>
    public Task<bool> IsOpenAsync(
        User user,
        SecretKind secret,
        TryOrigin origin,
        CancellationToken cancellationToken
    ) => AskAsync(OpenSql, user, secret, origin, cancellationToken);

    /// <returns>How many tries from there are left before the next lock, and until when it is locked now.</returns>
    public async Task<(int Left, DateTimeOffset? LockedUntil)> StateAsync(
        Guid user,
        SecretKind secret,
        TryOrigin origin,
        CancellationToken cancellationToken
    )
    {
        var (word, now, all) = (EnumNames.Of(secret), clock.GetDatabaseNow(), TryOrigin.All.Key);
        var counters = await db
            .WrongTries.AsNoTracking()
            .Where(row => row.UserId == user && row.Secret == word && (row.Origin == origin.Key || row.Origin == all))
            .ToListAsync(cancellationToken);
        var rule = origin.IsAll ? LockRule.OfAll(secret, options) : LockRule.OfOrigin(secret, options);
        var failed = counters.Find(row => row.Origin.AsSpan().SequenceEqual(origin.Key))?.Failed ?? 0;
        var until = counters
            .Where(row => row.LockedUntil > now && (row.Origin.Length > 0 || !origin.IsKnown))
            .Max(row => row.LockedUntil);
        return (rule.Left(failed), until);
    }

    /// <summary>A secret is new: nobody has tried it yet.</summary>
    public Task ForgetAsync(Guid user, SecretKind secret, CancellationToken cancellationToken)
    {
        var word = EnumNames.Of(secret);
        return db
            .WrongTries.Where(row => row.UserId == user && row.Secret == word)
            .ExecuteDeleteAsync(cancellationToken);
    }

    private static string Lock(string failed, string rule) =>
        $"""
            case when {failed} >= @{rule}_first and ({failed} - @{rule}_first) % @{rule}_every = 0
                 then @now + least(
                   @{rule}_span * power(2, least(({failed} - @{rule}_first) / @{rule}_every, 20)), @{rule}_longest) end
            """;

    private async Task<bool> AskAsync(
        string sql,
        User user,
        SecretKind secret,
        TryOrigin origin,
        CancellationToken cancellationToken
    )
    {
        var stamp = new NpgsqlParameter<Guid>("stamp", user.ProofStamp);
        object[] parameters = [.. Parameters(user.Id, secret, origin), stamp];
        return (await db.Database.SqlQueryRaw<bool>(sql, parameters).ToListAsync(cancellationToken)).Single();
    }

    private IEnumerable<NpgsqlParameter> Parameters(Guid user, SecretKind secret, TryOrigin origin) =>
        [
            NamedTenant(db.Tenant),
            new NpgsqlParameter<Guid>("user", user),
            new NpgsqlParameter<string>("secret", NpgsqlDbType.Text) { TypedValue = EnumNames.Of(secret) },
            new NpgsqlParameter<byte[]>("origin", origin.Key),
            new NpgsqlParameter<bool>("known", origin.IsKnown),
            new NpgsqlParameter<DateTimeOffset>("now", clock.GetDatabaseNow()),
        ];

    private static IEnumerable<NpgsqlParameter> Parameters(string name, LockRule rule) =>
        [
            new NpgsqlParameter<int>(name + "_first", rule.First),
            new NpgsqlParameter<int>(name + "_every", rule.Every),
            new NpgsqlParameter<TimeSpan>(name + "_span", rule.Span),
            new NpgsqlParameter<TimeSpan>(name + "_longest", rule.Longest),
        ];

    // Keyed, so that no address is read from a copy of the database, and for each user anew.
    private byte[] AddressKey(Guid user, HttpContext http) =>
        cipher.Mac(OriginPurpose, user, "address " + ClientAddress.Of(http));

    private byte[] DeviceKey(Guid user, string device) => cipher.Mac(OriginPurpose, user, "device " + device);
}
