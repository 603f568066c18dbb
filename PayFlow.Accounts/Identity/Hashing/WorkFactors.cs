using Microsoft.EntityFrameworkCore;
using PayFlow.Accounts.Data;
using PayFlow.ServiceDefaults.Connections;

namespace PayFlow.Accounts.Identity;

/// <summary>
/// Tells the hasher the highest work factor that is stored, once at the start: after the configured factor was
/// lowered, the hashes of before cost more, and every comparison must cost as much.
/// </summary>
public sealed class WorkFactors(
    IServiceScopeFactory scopes,
    BCryptHasher hasher,
    TimeProvider clock,
    ILogger<WorkFactors> logger
) : DatabaseRounds(TimeSpan.FromSeconds(5), clock, logger)
{
    protected override async Task RoundAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<AccountsDbContext>();
        // A hash begins with its version and its factor: $2a$12$.
        var highest = await db
            .Database.SqlQuery<int>(
                $"""
                select coalesce(max(greatest(substr(password_hash, 5, 2)::int, substr(pin_hash, 5, 2)::int)), 0)
                  as "Value"
                from users where password_hash is not null or pin_hash is not null
                """
            )
            .SingleAsync(cancellationToken);
        hasher.Meet(highest);
        Done();
    }
}
