using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.IdentityModel.Tokens;
using Npgsql;
using PayFlow.Accounts.Data;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.Connections;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Secrets;
using PayFlow.ServiceDefaults.Tenancy;

namespace PayFlow.Accounts.Identity;

/// <summary>
/// The keys that sign tokens (ES256). They are in the database, so that all replicas sign with the same one; each
/// replica looks every minute, and the first to see that the next one is due makes it, well before it signs.
/// </summary>
public sealed class SigningKeys(
    IServiceScopeFactory scopes,
    SecretCipher cipher,
    PeopleOptions options,
    AccessOptions access,
    TimeProvider clock,
    ILogger<SigningKeys> logger
) : BackgroundService
{
    private const string Purpose = "signing key";

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly KeySchedule _schedule = new(
        options.SigningKeyLifetime,
        access.TokenLifetime > options.ConfirmationLifetime ? access.TokenLifetime : options.ConfirmationLifetime
    );
    private volatile IReadOnlyList<Key> _keys = [];

    private sealed record Key(KeyTimes Times, ECDsaSecurityKey Pair);

    /// <summary>What a token is signed with now.</summary>
    public SigningCredentials Current
    {
        get
        {
            var (now, keys) = (clock.GetUtcNow(), _keys);
            return new SigningCredentials(
                keys.First(key => KeySchedule.Signs(key.Times, keys.Select(one => one.Times), now)).Pair,
                SecurityAlgorithms.EcdsaSha256
            );
        }
    }

    /// <summary>The public keys as a JSON Web Key Set (RFC 7517).</summary>
    public string KeySet
    {
        get
        {
            var now = clock.GetUtcNow();
            var published = _keys
                .Where(key => _schedule.IsPublished(key.Times, now))
                .Select(key =>
                {
                    var point = key.Pair.ECDsa.ExportParameters(includePrivateParameters: false).Q;
                    return new
                    {
                        kty = "EC",
                        crv = "P-256",
                        x = Base64UrlEncoder.Encode(point.X),
                        y = Base64UrlEncoder.Encode(point.Y),
                        kid = key.Pair.KeyId,
                        use = "sig",
                        alg = "ES256",
                    };
                });
            return JsonSerializer.Serialize(new { keys = published });
        }
    }

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        // Nothing is served before there is a key; but a database that is away is waited for, rather than the process
        // started over and over.
        while (!await TryReadAsync(cancellationToken))
            await Task.Delay(RetryAfter, clock, cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            await TryReadAsync(stoppingToken);
    }

    private async Task<bool> TryReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            await ReadAsync(cancellationToken);
            return true;
        }
        catch (Exception away) when (away.IsOfDatabase())
        {
            logger.LogWarning("The signing keys could not be read: {Reason}", away.Message);
            return false;
        }
    }

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateTenantScope(TenantSources.Jobs);
        var db = scope.ServiceProvider.GetRequiredService<AccountsDbContext>();
        var rows = await RowsAsync(db, cancellationToken);
        if (_schedule.Next([.. rows.Select(Times)], clock.GetDatabaseNow()) is { } due)
        {
            await MakeAsync(db, due, cancellationToken);
            rows = await RowsAsync(db, cancellationToken);
        }

        var known = _keys.ToDictionary(key => key.Pair.KeyId, StringComparer.Ordinal);
        _keys = [.. rows.Select(row => known.GetValueOrDefault(row.Id.ToString()) ?? Open(row))];
    }

    private static async Task<List<SigningKeyRow>> RowsAsync(
        AccountsDbContext db,
        CancellationToken cancellationToken
    ) =>
        await db.SigningKeys.AsNoTracking().OrderByDescending(row => row.Number).Take(3).ToListAsync(cancellationToken);

    private static KeyTimes Times(SigningKeyRow row) => new(row.Number, row.SignsFrom, row.SignsUntil);

    private async Task MakeAsync(AccountsDbContext db, KeyTimes due, CancellationToken cancellationToken)
    {
        using var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var id = TypedId.NewGuid(clock);
        db.Add(
            new SigningKeyRow
            {
                Id = id,
                TenantId = db.Tenant.Value,
                Number = due.Number,
                PublicKey = pair.ExportSubjectPublicKeyInfo(),
                PrivateKey = cipher.Encrypt(Purpose, id, pair.ExportPkcs8PrivateKey()),
                SignsFrom = due.SignsFrom,
                SignsUntil = due.SignsUntil,
                CreatedAt = clock.GetDatabaseNow(),
            }
        );
        try
        {
            await db.SaveChangesAsync(cancellationToken);
            logger.LogInformation("Signing key {Number} signs from {From}", due.Number, due.SignsFrom);
        }
        catch (DbUpdateException taken)
            when (taken.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            // Another replica was first; its key is as good.
            db.ChangeTracker.Clear();
        }
    }

    private Key Open(SigningKeyRow row)
    {
        var pair = ECDsa.Create();
        try
        {
            pair.ImportPkcs8PrivateKey(cipher.Decrypt(Purpose, row.Id, row.PrivateKey), out _);
        }
        catch (CryptographicException other)
        {
            throw new InvalidOperationException(
                "The signing keys in the database were encrypted with another Identity:KeyEncryptionKey. "
                    + "Restore that key.",
                other
            );
        }

        return new Key(Times(row), new ECDsaSecurityKey(pair) { KeyId = row.Id.ToString() });
    }
}
