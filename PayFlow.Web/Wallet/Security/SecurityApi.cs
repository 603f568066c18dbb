using PayFlow.Web.Api;

namespace PayFlow.Web.Wallet.Security;

/// <summary>Password, payment PIN, second factor and devices of the person who has signed in.</summary>
public sealed class SecurityApi(WalletApi api)
{
    public Task<ApiAnswer<Protection>> GetProtectionAsync(CancellationToken cancellationToken) =>
        api.GetAsync<Protection>(WalletApi.Accounts, "/auth/second-factor", cancellationToken);

    public Task<ApiAnswer<ListPage<Device>>> ListDevicesAsync(CancellationToken cancellationToken) =>
        api.GetAsync<ListPage<Device>>(WalletApi.Accounts, "/auth/sessions", cancellationToken);

    public Task<ApiAnswer<object>> EndSessionAsync(Guid session, CancellationToken cancellationToken) =>
        api.AskAsync<object>(
            new HttpRequestMessage(HttpMethod.Delete, new Uri(WalletApi.Accounts, $"/auth/sessions/{session}")),
            cancellationToken
        );

    /// <param name="code">Of the second factor, where it is on.</param>
    public Task<ApiAnswer<object>> ChangePasswordAsync(
        string currentPassword,
        string newPassword,
        string? code,
        CancellationToken cancellationToken
    ) =>
        api.SendAsync<object>(
            HttpMethod.Put,
            WalletApi.Accounts,
            "/auth/password",
            new
            {
                currentPassword,
                newPassword,
                code,
            },
            cancellationToken
        );

    /// <param name="code">Of the second factor, where it is on.</param>
    public Task<ApiAnswer<object>> SetPinAsync(
        string pin,
        string password,
        string? code,
        CancellationToken cancellationToken
    ) =>
        api.SendAsync<object>(
            HttpMethod.Put,
            WalletApi.Accounts,
            "/auth/pin",
            new
            {
                pin,
                password,
                code,
            },
            cancellationToken
        );

    public Task<ApiAnswer<Enrolment>> BeginSecondFactorAsync(string password, CancellationToken cancellationToken) =>
        api.SendAsync<Enrolment>(
            HttpMethod.Post,
            WalletApi.Accounts,
            "/auth/second-factor",
            new { password },
            cancellationToken
        );

    public Task<ApiAnswer<NewRecoveryCodes>> ConfirmSecondFactorAsync(
        string code,
        CancellationToken cancellationToken
    ) =>
        api.SendAsync<NewRecoveryCodes>(
            HttpMethod.Post,
            WalletApi.Accounts,
            "/auth/second-factor/confirm",
            new { code },
            cancellationToken
        );

    public Task<ApiAnswer<NewRecoveryCodes>> RenewRecoveryCodesAsync(
        string password,
        string code,
        CancellationToken cancellationToken
    ) =>
        api.SendAsync<NewRecoveryCodes>(
            HttpMethod.Post,
            WalletApi.Accounts,
            "/auth/second-factor/recovery-codes",
            new { password, code },
            cancellationToken
        );

    public Task<ApiAnswer<object>> DisableSecondFactorAsync(
        string password,
        string code,
        CancellationToken cancellationToken
    ) =>
        api.SendAsync<object>(
            HttpMethod.Post,
            WalletApi.Accounts,
            "/auth/second-factor/disable",
            new { password, code },
            cancellationToken
        );

    public Task<ApiAnswer<object>> SendVerificationAsync(CancellationToken cancellationToken) =>
        api.SendAsync<object>(
            HttpMethod.Post,
            WalletApi.Accounts,
            "/auth/verify-email/send",
            new { },
            cancellationToken
        );
}
