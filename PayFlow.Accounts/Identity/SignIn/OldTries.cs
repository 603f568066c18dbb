using Microsoft.EntityFrameworkCore;
using PayFlow.Accounts.Data;
using PayFlow.ServiceDefaults.Connections;
using PayFlow.ServiceDefaults.Tenancy;

namespace PayFlow.Accounts.Identity;

/// <summary>
/// Deletes, once an hour, counters without an attempt for a month, expired origins and expired proofs.
/// </summary>
public sealed class OldTries(IServiceScopeFactory scopes, TimeProvider clock, ILogger<OldTries> logger)
    : DatabaseRounds(TimeSpan.FromHours(1), clock, logger)
{
    private static readonly TimeSpan Retention = TimeSpan.FromDays(30);

    protected override async Task RoundAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<AccountsDbContext>();
        var now = Clock.GetDatabaseNow();
        var (tries, known) = (now - Retention, now - WrongTries.KnownFor);
        await db
            .WrongTries.IgnoreQueryFilters([TenantDbContext.Filter])
            .Where(row => row.ChangedAt < tries && (row.LockedUntil == null || row.LockedUntil < now))
            .ExecuteDeleteAsync(cancellationToken);
        await db
            .KnownOrigins.IgnoreQueryFilters([TenantDbContext.Filter])
            .Where(row => row.LastRightAt < known)
            .ExecuteDeleteAsync(cancellationToken);
        await db
            .RevokedProofs.IgnoreQueryFilters([TenantDbContext.Filter])
            .Where(row => row.Until < now)
            .ExecuteDeleteAsync(cancellationToken);
    }
}
