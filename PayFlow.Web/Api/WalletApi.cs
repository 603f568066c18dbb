using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using PayFlow.ServiceDefaults.Access;
using PayFlow.ServiceDefaults.Http;
using PayFlow.ServiceDefaults.Problems;
using PayFlow.Web.RateLimiting;
using PayFlow.Web.SignIn;

namespace PayFlow.Web.Api;

/// <summary>
/// The services as one open wallet uses them, asked directly by their discovery names, as whoever has signed in.
/// </summary>
public sealed class WalletApi(IHttpClientFactory clients, SessionAccess access, RateLimits limits)
{
    /// <summary>The name of the HTTP client, for its settings.</summary>
    public const string Client = "wallet";

    private static readonly Uri Accounts = new("http://accounts");
    private static readonly Uri Transactions = new("http://transactions");
    private static readonly Uri Notifications = new("http://notifications");

    private static readonly ApiProblem TooMany = new(
        Status: StatusCodes.Status429TooManyRequests,
        Code: ProblemCodes.RateLimited.Code,
        Detail: "Too many requests. Wait a moment, then try again."
    );

    /// <summary>The accounts of whoever has signed in.</summary>
    public Task<ApiAnswer<ListPage<Account>>> ListMineAsync(CancellationToken cancellationToken) =>
        GetAsync<ListPage<Account>>(Accounts, "/accounts/me", cancellationToken);

    public Task<ApiAnswer<Account>> GetAccountAsync(Guid id, CancellationToken cancellationToken) =>
        GetAsync<Account>(Accounts, $"/accounts/{id}", cancellationToken);

    /// <summary>What an account held at an instant.</summary>
    public Task<ApiAnswer<PastBalance>> GetBalanceAsync(
        Guid account,
        DateTimeOffset at,
        CancellationToken cancellationToken
    ) =>
        GetAsync<PastBalance>(
            Accounts,
            $"/accounts/{account}/balance{Query(("at", at.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)))}",
            cancellationToken
        );

    /// <summary>Lets money leave an account again that its holder has frozen.</summary>
    public Task<ApiAnswer<object>> UnfreezeAsync(Guid account, CancellationToken cancellationToken) =>
        SendAsync<object>(
            HttpMethod.Post,
            $"/accounts/{account}/unfreeze",
            new { reason = "Unfrozen in the wallet" },
            cancellationToken
        );

    /// <param name="to">A handle, an account number or an id.</param>
    public Task<ApiAnswer<Payee>> LookupAsync(string to, string currency, CancellationToken cancellationToken) =>
        GetAsync<Payee>(Accounts, $"/accounts/lookup{Query(("to", to), ("currency", currency))}", cancellationToken);

    public Task<ApiAnswer<Transaction>> GetTransactionAsync(Guid id, CancellationToken cancellationToken) =>
        GetAsync<Transaction>(Transactions, $"/transactions/{id}", cancellationToken);

    public Task<ApiAnswer<ListPage<Transaction>>> ListTransactionsAsync(
        Guid account,
        string? status,
        string? cursor,
        int limit,
        CancellationToken cancellationToken
    ) =>
        GetAsync<ListPage<Transaction>>(
            Transactions,
            $"/transactions/account/{account}{Query(("status", status), ("cursor", cursor), ("limit", limit.ToString(CultureInfo.InvariantCulture)))}",
            cancellationToken
        );

    /// <summary>How much may still be sent from an account.</summary>
    /// <param name="payee">Of whom to say whether they were paid before; null for nobody.</param>
    public Task<ApiAnswer<LimitList>> GetLimitsAsync(Guid account, Guid? payee, CancellationToken cancellationToken) =>
        GetAsync<LimitList>(
            Transactions,
            $"/limits{Query(("account", account.ToString()), ("to", payee?.ToString()))}",
            cancellationToken
        );

    /// <summary>Shows the payment PIN for a confirmation of this payment. Nothing is paid by it.</summary>
    public Task<ApiAnswer<Confirmation>> ConfirmAsync(
        PaymentRequest payment,
        string pin,
        CancellationToken cancellationToken
    ) =>
        AskAsync<Confirmation>(
            new HttpRequestMessage(HttpMethod.Post, new Uri(Accounts, "/auth/confirm"))
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
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Transactions, "/transactions"))
        {
            Content = JsonContent.Create(payment),
        };
        request.Headers.TryAddWithoutValidation(IdempotencyKey.Header, key);
        if (confirmation is not null)
            request.Headers.TryAddWithoutValidation(PaymentConfirmationClaims.Header, confirmation);
        return AskAsync<Transaction>(request, cancellationToken);
    }

    public Task<ApiAnswer<ListPage<Notification>>> ListNotificationsAsync(
        string? cursor,
        int limit,
        CancellationToken cancellationToken
    ) =>
        GetAsync<ListPage<Notification>>(
            Notifications,
            $"/notifications{Query(("quiet", "false"), ("cursor", cursor), ("limit", limit.ToString(CultureInfo.InvariantCulture)))}",
            cancellationToken
        );

    public Task<ApiAnswer<object>> MarkReadAsync(Guid notification, CancellationToken cancellationToken) =>
        AskAsync<object>(
            new HttpRequestMessage(
                HttpMethod.Post,
                new Uri(Notifications, $"/notifications/{notification}/read")
            ).Harmless(),
            cancellationToken
        );

    /// <param name="upTo">The newest one that is shown: what arrives meanwhile stays unread.</param>
    public Task<ApiAnswer<object>> MarkAllReadAsync(Guid upTo, CancellationToken cancellationToken) =>
        AskAsync<object>(
            new HttpRequestMessage(
                HttpMethod.Post,
                new Uri(Notifications, $"/notifications/read{Query(("upTo", upTo.ToString()))}")
            ).Harmless(),
            cancellationToken
        );

    public Task<ApiAnswer<Protection>> GetProtectionAsync(CancellationToken cancellationToken) =>
        GetAsync<Protection>(Accounts, "/auth/second-factor", cancellationToken);

    public Task<ApiAnswer<ListPage<Device>>> ListDevicesAsync(CancellationToken cancellationToken) =>
        GetAsync<ListPage<Device>>(Accounts, "/auth/sessions", cancellationToken);

    public Task<ApiAnswer<object>> EndSessionAsync(Guid session, CancellationToken cancellationToken) =>
        AskAsync<object>(
            new HttpRequestMessage(HttpMethod.Delete, new Uri(Accounts, $"/auth/sessions/{session}")),
            cancellationToken
        );

    /// <param name="code">Of the second factor, where it is on.</param>
    public Task<ApiAnswer<object>> ChangePasswordAsync(
        string currentPassword,
        string newPassword,
        string? code,
        CancellationToken cancellationToken
    ) =>
        SendAsync<object>(
            HttpMethod.Put,
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
        SendAsync<object>(
            HttpMethod.Put,
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
        SendAsync<Enrolment>(HttpMethod.Post, "/auth/second-factor", new { password }, cancellationToken);

    public Task<ApiAnswer<NewRecoveryCodes>> ConfirmSecondFactorAsync(
        string code,
        CancellationToken cancellationToken
    ) => SendAsync<NewRecoveryCodes>(HttpMethod.Post, "/auth/second-factor/confirm", new { code }, cancellationToken);

    public Task<ApiAnswer<NewRecoveryCodes>> RenewRecoveryCodesAsync(
        string password,
        string code,
        CancellationToken cancellationToken
    ) =>
        SendAsync<NewRecoveryCodes>(
            HttpMethod.Post,
            "/auth/second-factor/recovery-codes",
            new { password, code },
            cancellationToken
        );

    public Task<ApiAnswer<object>> DisableSecondFactorAsync(
        string password,
        string code,
        CancellationToken cancellationToken
    ) => SendAsync<object>(HttpMethod.Post, "/auth/second-factor/disable", new { password, code }, cancellationToken);

    public Task<ApiAnswer<object>> SendVerificationAsync(CancellationToken cancellationToken) =>
        SendAsync<object>(HttpMethod.Post, "/auth/verify-email/send", new { }, cancellationToken);

    private Task<ApiAnswer<T>> SendAsync<T>(
        HttpMethod method,
        string path,
        object body,
        CancellationToken cancellationToken
    )
        where T : class =>
        AskAsync<T>(
            new HttpRequestMessage(method, new Uri(Accounts, path)) { Content = JsonContent.Create(body) },
            cancellationToken
        );

    private Task<ApiAnswer<T>> GetAsync<T>(Uri service, string path, CancellationToken cancellationToken)
        where T : class =>
        AskAsync<T>(new HttpRequestMessage(HttpMethod.Get, new Uri(service, path)), cancellationToken);

    private async Task<ApiAnswer<T>> AskAsync<T>(HttpRequestMessage request, CancellationToken cancellationToken)
        where T : class
    {
        using (request)
        {
            if (!await limits.TakeAsync(access.User))
                return ApiAnswer<T>.Refused(TooMany);
            access.Introduce(request);
            return await ApiAnswers.ReadAsync<T>(
                async () =>
                {
                    // Without a session the services say what is wrong.
                    var token = await access.TokenAsync(cancellationToken);
                    request.Headers.Authorization = token is null
                        ? null
                        : new AuthenticationHeaderValue("Bearer", token);
                    var response = await clients.CreateClient(Client).SendAsync(request, cancellationToken);
                    if (response.StatusCode == HttpStatusCode.Unauthorized && token is not null)
                        await access.RefusedAsync(token, cancellationToken);
                    return response;
                },
                cancellationToken
            );
        }
    }

    private static QueryString Query(params ReadOnlySpan<(string Name, string? Value)> parts)
    {
        var query = QueryString.Empty;
        foreach (var (name, value) in parts)
        {
            if (!string.IsNullOrEmpty(value))
                query = query.Add(name, value);
        }

        return query;
    }
}
