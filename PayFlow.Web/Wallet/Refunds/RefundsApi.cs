using PayFlow.Web.Api;
using PayFlow.Web.Wallet.Activity;

namespace PayFlow.Web.Wallet.Refunds;

/// <summary>Payments that go back to their payers.</summary>
public sealed class RefundsApi(WalletApi api)
{
    /// <summary>Refunds a payment or a part of it. Repeating it with the same key refunds once.</summary>
    public Task<ApiAnswer<Transaction>> RefundAsync(
        Guid payment,
        RefundRequest refund,
        string key,
        CancellationToken cancellationToken
    ) =>
        api.AskAsync<Transaction>(
            WalletApi.MoneyRequest($"/transactions/{payment}/refunds", refund, key),
            cancellationToken
        );
}
