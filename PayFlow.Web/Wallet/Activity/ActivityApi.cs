using PayFlow.Web.Api;

namespace PayFlow.Web.Wallet.Activity;

/// <summary>Payments that were made.</summary>
public sealed class ActivityApi(WalletApi api)
{
    public Task<ApiAnswer<Transaction>> GetTransactionAsync(Guid id, CancellationToken cancellationToken) =>
        api.GetAsync<Transaction>(WalletApi.Transactions, $"/transactions/{id}", cancellationToken);

    public Task<ApiAnswer<ListPage<Transaction>>> ListTransactionsAsync(
        Guid account,
        string? status,
        string? cursor,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var query = WalletApi.Query(("status", status), ("cursor", cursor), ("limit", limit));
        return api.GetAsync<ListPage<Transaction>>(
            WalletApi.Transactions,
            $"/transactions/account/{account}{query}",
            cancellationToken
        );
    }
}
