using PayFlow.Accounts.Data;
using PayFlow.ServiceDefaults.Caching;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Messaging;
using PayFlow.ServiceDefaults.Tenancy;
using PayFlow.ServiceDefaults.Text;

namespace PayFlow.Accounts.Accounts;

/// <summary>
/// Remembers whom an id, a number or a handle means, until an event says that the account has changed.
/// </summary>
public sealed class PayeeLookUps(ReadCache cache, IServiceScopeFactory scopes) : IBroadcastListener
{
    private const string Area = "payees";

    private static readonly Subscriptions<ReadCache> Subscribed = new Subscriptions<ReadCache>()
        .On<AccountCreated>((cache, created) => cache.Forget(Area, Keys(created.Account)))
        .On<AccountUpdated>((cache, updated) => cache.Forget(Area, Keys(updated.Account)));

    public IReadOnlyList<string> Topics => Subscribed.Topics;

    public TimeSpan Delay { get; } = TimeSpan.FromMilliseconds(50);

    public ValueTask<LookUpAccount.Response?> FindAsync(
        TenantId tenant,
        string to,
        string currency,
        CancellationToken cancellationToken
    ) =>
        cache.GetAsync(
            Area,
            Key(tenant, to, currency),
            cancel => ReadAsync(tenant, to, currency, cancel),
            cancellationToken
        );

    public void Handle(ConsumedMessage message) => Subscribed.Handle(cache, message);

    public void OnResubscribed() => cache.ForgetAll();

    private async Task<LookUpAccount.Response?> ReadAsync(
        TenantId tenant,
        string to,
        string currency,
        CancellationToken cancellationToken
    )
    {
        // Of its own: a reading is shared, and may outlive the request that began it.
        await using var scope = scopes.CreateTenantScope(tenant);
        return
            await scope
                .ServiceProvider.GetRequiredService<AccountsDbContext>()
                .FindAsync(to, currency, cancellationToken)
                is { } row
            ? new LookUpAccount.Response(
                row.Id,
                row.HolderName,
                row.Handle,
                AccountNumber.Mask(row.AccountNumber),
                row.Currency,
                row.Status == "closed"
            )
            : null;
    }

    /// <summary>All that one may call the account by.</summary>
    private static IEnumerable<string> Keys(AccountSnapshot account) =>
        new[] { account.AccountId.ToString(), account.AccountNumber, account.Handle }
            .OfType<string>()
            .Select(to => Key(account.TenantId, to, account.Currency));

    /// <summary>An id and a number mean one account, whatever the currency; a handle means one in each.</summary>
    private static string Key(TenantId tenant, string to, string currency) =>
        AccountId.TryParse(to, null, out var id) ? $"{tenant} {id}"
        : AccountNumber.TryParse(to, out var number) ? $"{tenant} {number.Digits}"
        : $"{tenant} {Folding.Fold(to)} {currency}";
}
