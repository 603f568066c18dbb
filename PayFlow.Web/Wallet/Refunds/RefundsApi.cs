using PayFlow.ServiceDefaults.Http;
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
    )
    {
        var request = new HttpRequestMessage(
            HttpMethod.Post,
            new Uri(WalletApi.Transactions, $"/transactions/{payment}/refunds")
        )
        {
            Content = JsonContent.Create(refund),
        };
        request.Headers.TryAddWithoutValidation(IdempotencyKey.Header, key);
        return api.AskAsync<Transaction>(request, cancellationToken);
    }
}
