using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using PayFlow.Accounts.Data;
using PayFlow.ServiceDefaults.Connections;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Tenancy;

namespace PayFlow.Accounts.Identity;

/// <summary>
/// Hashes passwords and PINs of an old work factor anew. It does so after the answer, while nobody waits for a hash:
/// before it, the time of the answer would tell that the secret was right.
/// </summary>
public sealed class HashRenewals(PasswordHashing hashing, IServiceScopeFactory scopes, ILogger<HashRenewals> logger)
{
    /// <summary>The next success renews what finds no room here.</summary>
    private const int MaxWaiting = 100;

    private int _waiting;

    public void Password(User user, string password) =>
        Begin(
            new TenantId(user.TenantId),
            password,
            users => users.Where(row => row.Id == user.Id && row.PasswordHash == user.PasswordHash),
            user => user.PasswordHash
        );

    /// <param name="pin">As it is hashed (<see cref="PaymentPins.Keyed"/>).</param>
    public void Pin(User user, string pin) =>
        Begin(
            new TenantId(user.TenantId),
            pin,
            users => users.Where(row => row.Id == user.Id && row.PinHash == user.PinHash),
            user => user.PinHash
        );

    private void Begin(
        TenantId tenant,
        string secret,
        Func<IQueryable<User>, IQueryable<User>> of,
        Expression<Func<User, string?>> hash
    )
    {
        if (Interlocked.Increment(ref _waiting) > MaxWaiting)
        {
            Interlocked.Decrement(ref _waiting);
            return;
        }

        // Not in the request's own turn, which ends with its answer.
        using (ExecutionContext.SuppressFlow())
            _ = Task.Run(() => RenewAsync(tenant, secret, of, hash));
    }

    private async Task RenewAsync(
        TenantId tenant,
        string secret,
        Func<IQueryable<User>, IQueryable<User>> of,
        Expression<Func<User, string?>> hash
    )
    {
        try
        {
            var fresh = await hashing.HashAsync(secret);
            await using var scope = scopes.CreateTenantScope(tenant);
            var db = scope.ServiceProvider.GetRequiredService<AccountsDbContext>();
            await of(db.Users).ExecuteUpdateAsync(row => row.SetProperty(hash, fresh));
        }
        catch (Exception failure) when (failure.IsOfDatabase() || failure is ObjectDisposedException)
        {
            logger.LogWarning(
                "A hash of an old work factor could not be renewed; the next success renews it: {Reason}",
                failure.Message
            );
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }
}
