using PayFlow.Web.Api;

namespace PayFlow.Web.Wallet.Accounts;

/// <summary>The accounts of the person who has signed in.</summary>
public sealed class AccountsApi(WalletApi api)
{
    public Task<ApiAnswer<ListPage<Account>>> ListMineAsync(CancellationToken cancellationToken) =>
        api.GetAsync<ListPage<Account>>(WalletApi.Accounts, "/accounts/me", cancellationToken);

    public Task<ApiAnswer<Account>> GetAccountAsync(Guid id, CancellationToken cancellationToken) =>
        api.GetAsync<Account>(WalletApi.Accounts, $"/accounts/{id}", cancellationToken);

    /// <summary>What an account held at an instant.</summary>
    public Task<ApiAnswer<PastBalance>> GetBalanceAsync(
        Guid account,
        DateTimeOffset at,
        CancellationToken cancellationToken
    ) =>
        api.GetAsync<PastBalance>(
            WalletApi.Accounts,
            $"/accounts/{account}/balance{WalletApi.Query(("at", at))}",
            cancellationToken
        );

    /// <summary>Lets money leave an account again that its holder has frozen.</summary>
    public Task<ApiAnswer<object>> UnfreezeAsync(Guid account, CancellationToken cancellationToken) =>
        api.SendAsync<object>(
            HttpMethod.Post,
            WalletApi.Accounts,
            $"/accounts/{account}/unfreeze",
            new { reason = "Unfrozen in the wallet" },
            cancellationToken
        );
}
