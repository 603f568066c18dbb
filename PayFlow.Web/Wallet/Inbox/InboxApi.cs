using PayFlow.ServiceDefaults.Http;
using PayFlow.Web.Api;

namespace PayFlow.Web.Wallet.Inbox;

/// <summary>Notifications of the person who has signed in.</summary>
public sealed class InboxApi(WalletApi api)
{
    public Task<ApiAnswer<ListPage<Notification>>> ListNotificationsAsync(
        string? cursor,
        int limit,
        CancellationToken cancellationToken
    ) =>
        api.GetAsync<ListPage<Notification>>(
            WalletApi.Notifications,
            $"/notifications{WalletApi.Query(("quiet", "false"), ("cursor", cursor), ("limit", limit))}",
            cancellationToken
        );

    public Task<ApiAnswer<object>> MarkReadAsync(Guid notification, CancellationToken cancellationToken) =>
        api.AskAsync<object>(
            new HttpRequestMessage(
                HttpMethod.Post,
                new Uri(WalletApi.Notifications, $"/notifications/{notification}/read")
            ).Idempotent(),
            cancellationToken
        );

    /// <param name="upTo">The newest one that is shown: what arrives meanwhile stays unread.</param>
    public Task<ApiAnswer<object>> MarkAllReadAsync(Guid upTo, CancellationToken cancellationToken) =>
        api.AskAsync<object>(
            new HttpRequestMessage(
                HttpMethod.Post,
                new Uri(WalletApi.Notifications, $"/notifications/read{WalletApi.Query(("upTo", upTo))}")
            ).Idempotent(),
            cancellationToken
        );
}
