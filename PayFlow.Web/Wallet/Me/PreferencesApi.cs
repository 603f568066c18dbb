using PayFlow.Web.Api;

namespace PayFlow.Web.Wallet.Me;

/// <summary>Which notifications the person who has signed in gets.</summary>
public sealed class PreferencesApi(WalletApi api)
{
    private const string Path = "/notifications/preferences";

    public Task<ApiAnswer<Preferences>> GetAsync(CancellationToken cancellationToken) =>
        api.GetAsync<Preferences>(WalletApi.Notifications, Path, cancellationToken);

    public Task<ApiAnswer<Preferences>> SetAsync(PreferenceChoice choice, CancellationToken cancellationToken) =>
        api.SendAsync<Preferences>(
            HttpMethod.Put,
            WalletApi.Notifications,
            Path,
            new { choices = new[] { choice } },
            cancellationToken
        );
}
