using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.IdentityModel.Tokens;
using PayFlow.Accounts.Data;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.Commits;
using PayFlow.ServiceDefaults.Connections;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Identifiers;

namespace PayFlow.Accounts.Identity;

/// <summary>Opens, renews and ends sessions. Each method works in the caller's database transaction.</summary>
public sealed class Sessions(
    AccountsDbContext db,
    AccessTokenIssuer issuer,
    PeopleOptions options,
    AccessOptions access,
    TimeProvider clock
)
{
    private const int RefreshTokenBytes = 32;

    // A token may be issued in the moment before the end, and clocks differ a little.
    private static readonly TimeSpan Slack = TimeSpan.FromMinutes(1);

    /// <summary>Of a refresh token or of a session's key, which are random: no salt is needed.</summary>
    public static byte[] HashOf(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    /// <summary>Adds a session to the context; the caller saves it.</summary>
    /// <param name="keyHash">Of the key that a browser's cookie has; null for an API client.</param>
    public SessionTokens Open(User user, string userAgent, byte[]? keyHash)
    {
        var now = clock.GetDatabaseNow();
        var session = new SessionRow
        {
            Id = SessionId.New(clock).Value,
            TenantId = user.TenantId,
            UserId = user.Id,
            UserAgent = userAgent,
            KeyHash = keyHash,
            CreatedAt = now,
            LastUsedAt = now,
            ExpiresAt = now + options.SessionLifetime,
        };
        db.Add(session);
        return Issue(user, session.Id);
    }

    /// <summary>A fresh pair of tokens; the caller saves the refresh token's row.</summary>
    public SessionTokens Issue(User user, Guid session)
    {
        var refreshToken = Base64UrlEncoder.Encode(RandomNumberGenerator.GetBytes(RefreshTokenBytes));
        db.Add(
            new RefreshTokenRow
            {
                Hash = HashOf(refreshToken),
                TenantId = user.TenantId,
                SessionId = session,
                CreatedAt = clock.GetDatabaseNow(),
            }
        );
        return new SessionTokens(issuer.Issue(user, session), refreshToken, issuer.ExpiresIn, session);
    }

    /// <summary>Notes that a session is used, and locks it against being ended meanwhile.</summary>
    /// <param name="keyHash">Of the key that was shown for it; null where a refresh token was.</param>
    /// <returns>Whose it is; null where it has ended or run out, or has another key.</returns>
    public async Task<User?> UseAsync(SessionId session, CancellationToken cancellationToken, byte[]? keyHash = null)
    {
        var now = clock.GetDatabaseNow();
        var idleSince = now - options.SessionIdleLimit;
        var open = db.Sessions.Where(row =>
            row.Id == session.Value && row.EndedAt == null && row.ExpiresAt > now && row.LastUsedAt > idleSince
        );
        if (keyHash is not null)
            open = open.Where(row => row.KeyHash == keyHash);
        var used = await open.ExecuteUpdateAsync(row => row.SetProperty(one => one.LastUsedAt, now), cancellationToken);
        return used == 0
            ? null
            : await db.Users.SingleAsync(
                user => db.Sessions.Any(row => row.Id == session.Value && row.UserId == user.Id),
                cancellationToken
            );
    }

    /// <summary>Ends a user's sessions, or one of them, or all but one, and publishes their end.</summary>
    /// <returns>How many were open.</returns>
    public async Task<int> EndAsync(
        UnitOfWork work,
        Guid user,
        string reason,
        CancellationToken cancellationToken,
        Guid? only = null,
        Guid? except = null
    )
    {
        var rows = await db
            .Sessions.FromSql(
                $"""
                select * from sessions
                where user_id = {user} and ({only}::uuid is null or id = {only})
                  and ({except}::uuid is null or id <> {except}) and ended_at is null
                order by id for update
                """
            )
            .ToListAsync(cancellationToken);
        var now = clock.GetDatabaseNow();
        foreach (var row in rows)
        {
            row.EndedAt = now;
            row.EndReason = reason;
            row.TokensEndAt = now + access.TokenLifetime + Slack;
            work.Publish(
                new SessionRevoked(
                    new TenantId(row.TenantId),
                    new SessionId(row.Id),
                    new UserId(user),
                    now,
                    row.TokensEndAt.Value
                )
            );
        }

        return rows.Count;
    }
}
