using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using PayFlow.Accounts.Data;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.Identifiers;

namespace PayFlow.Accounts.Tokens;

/// <summary>Accounts asks nobody who was let in: it knows.</summary>
internal sealed class LocalSessionAuthority(SigningKeys keys, IServiceScopeFactory scopes, TimeProvider clock) : ISessionAuthority
{
    public Task<string> GetKeySetAsync(CancellationToken cancellationToken) => Task.FromResult(keys.KeySet);

    public async Task<IReadOnlyList<RevokedSession>> GetRevokedAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var now = clock.GetUtcNow();
        var db = scope.ServiceProvider.GetRequiredService<AccountsDbContext>();
        // Both are looked for by the id that a token carries.
        return await db.Sessions.Where(row => row.TokensEndAt > now)
            .Select(row => new { row.Id, Until = row.TokensEndAt!.Value })
            .Concat(db.RevokedProofs.Where(row => row.Until > now).Select(row => new { row.Id, row.Until }))
            .Select(row => new RevokedSession(new SessionId(row.Id), row.Until))
            .ToListAsync(cancellationToken);
    }
}

/// <summary><c>GET /internal/sessions/revoked</c>: for a service that starts, or was cut off from the events.</summary>
public static class ListRevoked
{
    public static async Task<Ok<IReadOnlyList<RevokedSession>>> HandleAsync(ISessionAuthority authority, CancellationToken cancellationToken) =>
        TypedResults.Ok(await authority.GetRevokedAsync(cancellationToken));
}
