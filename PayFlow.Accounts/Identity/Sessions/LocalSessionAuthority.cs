using Microsoft.EntityFrameworkCore;
using PayFlow.Accounts.Data;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Tenancy;

namespace PayFlow.Accounts.Identity;

/// <summary>The authority within Accounts: it reads its own keys and sessions.</summary>
internal sealed class LocalSessionAuthority(SigningKeys keys, IServiceScopeFactory scopes, TimeProvider clock)
    : ISessionAuthority
{
    public Task<string> GetKeySetAsync(CancellationToken cancellationToken) => Task.FromResult(keys.KeySet);

    public async Task<IReadOnlyList<RevokedSession>> GetRevokedAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var now = clock.GetUtcNow();
        var db = scope.ServiceProvider.GetRequiredService<AccountsDbContext>();
        // Both are looked for by the id that a token carries.
        return await db
            .Sessions.IgnoreQueryFilters([TenantDbContext.Filter])
            .Where(row => row.TokensEndAt > now)
            .Select(row => new { row.Id, Until = row.TokensEndAt!.Value })
            .Concat(db.RevokedProofs.Where(row => row.Until > now).Select(row => new { row.Id, row.Until }))
            .Select(row => new RevokedSession(new SessionId(row.Id), row.Until))
            .ToListAsync(cancellationToken);
    }
}
