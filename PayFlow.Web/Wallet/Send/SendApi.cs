using PayFlow.ServiceDefaults.Access;
using PayFlow.Web.Api;
using PayFlow.Web.Wallet.Activity;

namespace PayFlow.Web.Wallet.Send;

/// <summary>Payees, limits, confirmations and payments.</summary>
public sealed class SendApi(WalletApi api)
{
    /// <param name="to">A handle, an account number or an id.</param>
    public Task<ApiAnswer<Payee>> LookupAsync(string to, string currency, CancellationToken cancellationToken) =>
        api.GetAsync<Payee>(
            WalletApi.Accounts,
            $"/accounts/lookup{WalletApi.Query(("to", to), ("currency", currency))}",
            cancellationToken
        );

    /// <summary>How much may still be sent from an account.</summary>
    /// <param name="payee">Of whom to say whether they were paid before; null for nobody.</param>
    public Task<ApiAnswer<LimitList>> GetLimitsAsync(Guid account, Guid? payee, CancellationToken cancellationToken) =>
        api.GetAsync<LimitList>(
            WalletApi.Transactions,
            $"/limits{WalletApi.Query(("account", account), ("to", payee))}",
            cancellationToken
        );

    /// <summary>Shows the payment PIN for a confirmation of this payment. Nothing is paid by it.</summary>
    public Task<ApiAnswer<Confirmation>> ConfirmAsync(
        PaymentRequest payment,
        string pin,
        CancellationToken cancellationToken
    ) =>
        api.AskAsync<Confirmation>(
            new HttpRequestMessage(HttpMethod.Post, new Uri(WalletApi.Accounts, "/auth/confirm"))
            {
                Content = JsonContent.Create(
                    new ConfirmationRequest(
                        payment.FromAccount,
                        payment.ToAccount,
                        payment.Amount,
                        payment.Currency,
                        pin
                    )
                ),
            },
            cancellationToken
        );

    /// <summary>Sends a payment. Repeating it with the same key and body pays once.</summary>
    /// <param name="confirmation">Where the API has asked for one.</param>
    public Task<ApiAnswer<Transaction>> SendAsync(
        PaymentRequest payment,
        string key,
        string? confirmation,
        CancellationToken cancellationToken
    )
    {
        var request = WalletApi.MoneyRequest("/transactions", payment, key);
        if (confirmation is not null)
            request.Headers.TryAddWithoutValidation(PaymentConfirmationClaims.Header, confirmation);
        return api.AskAsync<Transaction>(request, cancellationToken);
    }
}
