using Microsoft.EntityFrameworkCore;
using Npgsql;
using PayFlow.Accounts.Data;
using PayFlow.ServiceDefaults.Connections;
using PayFlow.ServiceDefaults.Tenancy;

namespace PayFlow.Accounts.Identity;

/// <summary>
/// Gives the logins of earlier versions the key that <see cref="EmailAddresses"/> makes now. Only addresses beyond
/// ASCII can differ, and they are few. Where two logins would get one key, the older one gets it, and the log names the
/// other.
/// </summary>
public sealed class AddressKeys(IServiceScopeFactory scopes, TimeProvider clock, ILogger<AddressKeys> logger)
    : DatabaseRounds(TimeSpan.FromSeconds(5), clock, logger)
{
    protected override async Task RoundAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<AccountsDbContext>();
        var rows = await db
            .Users.FromSql($"select * from users where octet_length(email) <> char_length(email)")
            .IgnoreQueryFilters([TenantDbContext.Filter])
            .AsNoTracking()
            .OrderBy(user => user.Id)
            .Select(user => new
            {
                user.Id,
                user.Email,
                user.NormalizedEmail,
            })
            .ToListAsync(cancellationToken);
        foreach (var row in rows.Where(row => EmailAddresses.Key(row.Email!) != row.NormalizedEmail))
        {
            var key = EmailAddresses.Key(row.Email!);
            try
            {
                await db
                    .Users.IgnoreQueryFilters([TenantDbContext.Filter])
                    .Where(user => user.Id == row.Id)
                    .ExecuteUpdateAsync(
                        user =>
                            user.SetProperty(one => one.NormalizedEmail, key)
                                .SetProperty(one => one.NormalizedUserName, key),
                        cancellationToken
                    );
            }
            catch (PostgresException taken) when (taken.SqlState == PostgresErrorCodes.UniqueViolation)
            {
                Logger.LogWarning(
                    "User {UserId} has another spelling of an address that an older login has, "
                        + "and cannot sign in by it",
                    row.Id
                );
            }
        }

        Done();
    }
}
