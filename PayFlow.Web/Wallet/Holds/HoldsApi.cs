using PayFlow.Web.Api;
using PayFlow.Web.Wallet.Activity;

namespace PayFlow.Web.Wallet.Holds;

/// <summary>Money that is set aside by the person who has signed in, or for that person.</summary>
public sealed class HoldsApi(WalletApi api)
{
    /// <param name="side"><c>payer</c> or <c>payee</c>.</param>
    public Task<ApiAnswer<ListPage<Hold>>> ListAsync(
        string side,
        string? cursor,
        int limit,
        CancellationToken cancellationToken
    ) =>
        api.GetAsync<ListPage<Hold>>(
            WalletApi.Transactions,
            $"/holds{WalletApi.Query(("side", side), ("cursor", cursor), ("limit", limit))}",
            cancellationToken
        );

    /// <summary>Takes the held money or a part of it. Repeating it with the same key takes it once.</summary>
    public Task<ApiAnswer<Transaction>> CaptureAsync(
        Guid hold,
        CaptureRequest capture,
        string key,
        CancellationToken cancellationToken
    ) => PostAsync($"/holds/{hold}/capture", capture, key, cancellationToken);

    /// <summary>Gives up what is left of a hold.</summary>
    public Task<ApiAnswer<Transaction>> ReleaseAsync(Guid hold, string key, CancellationToken cancellationToken) =>
        PostAsync($"/holds/{hold}/void", new { }, key, cancellationToken);

    private Task<ApiAnswer<Transaction>> PostAsync(
        string path,
        object body,
        string key,
        CancellationToken cancellationToken
    )
    {
        var request = WalletApi.MoneyRequest(path, body, key);
        // The list shows the hold as it is afterwards.
        request.Headers.TryAddWithoutValidation("Prefer", "wait=5");
        return api.AskAsync<Transaction>(request, cancellationToken);
    }
}
