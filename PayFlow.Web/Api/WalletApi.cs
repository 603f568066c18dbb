using System.Globalization;
using System.Net;
using System.Text.Json;
using PayFlow.ServiceDefaults.Http;
using Polly;

namespace PayFlow.Web.Api;

/// <summary>The services as the wallet uses them, asked directly by their discovery names.</summary>
public sealed class WalletApi(IHttpClientFactory clients)
{
    /// <summary>The name of the HTTP client, for its settings.</summary>
    public const string Client = "wallet";

    private static readonly Uri Accounts = new("http://accounts");
    private static readonly Uri Transactions = new("http://transactions");
    private static readonly Uri Notifications = new("http://notifications");

    public Task<ApiAnswer<ListPage<Account>>> ListAccountsAsync(string? cursor, CancellationToken cancellationToken) =>
        GetAsync<ListPage<Account>>(Accounts, $"/accounts{Query(("cursor", cursor), ("limit", "200"))}", cancellationToken);

    public Task<ApiAnswer<Account>> GetAccountAsync(Guid id, CancellationToken cancellationToken) =>
        GetAsync<Account>(Accounts, $"/accounts/{id}", cancellationToken);

    /// <param name="to">A handle, an account number or an id.</param>
    public Task<ApiAnswer<Payee>> LookupAsync(string to, string currency, CancellationToken cancellationToken) =>
        GetAsync<Payee>(Accounts, $"/accounts/lookup{Query(("to", to), ("currency", currency))}", cancellationToken);

    public Task<ApiAnswer<Transaction>> GetTransactionAsync(Guid id, CancellationToken cancellationToken) =>
        GetAsync<Transaction>(Transactions, $"/transactions/{id}", cancellationToken);

    public Task<ApiAnswer<ListPage<Transaction>>> ListTransactionsAsync(Guid account, string? status, string? cursor, int limit, CancellationToken cancellationToken) =>
        GetAsync<ListPage<Transaction>>(
            Transactions,
            $"/transactions/account/{account}{Query(("status", status), ("cursor", cursor), ("limit", limit.ToString(CultureInfo.InvariantCulture)))}",
            cancellationToken);

    /// <summary>Sends a payment. Repeating it with the same key and body pays once.</summary>
    public Task<ApiAnswer<Transaction>> SendAsync(PaymentRequest payment, string key, CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Transactions, "/transactions")) { Content = JsonContent.Create(payment) };
        request.Headers.TryAddWithoutValidation(IdempotencyKey.Header, key);
        return AskAsync<Transaction>(request, cancellationToken);
    }

    public Task<ApiAnswer<ListPage<Notification>>> ListNotificationsAsync(Guid recipient, string? cursor, int limit, CancellationToken cancellationToken) =>
        GetAsync<ListPage<Notification>>(
            Notifications,
            $"/notifications{Query(("recipient", recipient.ToString()), ("cursor", cursor), ("limit", limit.ToString(CultureInfo.InvariantCulture)))}",
            cancellationToken);

    public Task<ApiAnswer<object>> MarkReadAsync(Guid notification, CancellationToken cancellationToken) =>
        AskAsync<object>(new HttpRequestMessage(HttpMethod.Post, new Uri(Notifications, $"/notifications/{notification}/read")), cancellationToken);

    private Task<ApiAnswer<T>> GetAsync<T>(Uri service, string path, CancellationToken cancellationToken)
        where T : class => AskAsync<T>(new HttpRequestMessage(HttpMethod.Get, new Uri(service, path)), cancellationToken);

    private async Task<ApiAnswer<T>> AskAsync<T>(HttpRequestMessage request, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            using (request)
            {
                using var response = await clients.CreateClient(Client).SendAsync(request, cancellationToken);
                if (response.StatusCode == HttpStatusCode.NoContent && typeof(T) == typeof(object)) return ApiAnswer<T>.Ok((T)new object());
                if (response.IsSuccessStatusCode)
                {
                    return await response.Content.ReadFromJsonAsync<T>(cancellationToken) is { } value ? ApiAnswer<T>.Ok(value) : ApiAnswer<T>.Unknown();
                }

                var problem = await ReadProblemAsync(response, cancellationToken);
                // A first request with the same key may still be at work (409); from 500 on nobody knows what was done.
                return (int)response.StatusCode >= 500 || response.StatusCode == HttpStatusCode.RequestTimeout || problem.Code == "request_in_progress"
                    ? ApiAnswer<T>.Unknown(problem)
                    : ApiAnswer<T>.Refused(problem);
            }
        }
        catch (Exception lost) when (IsLost(lost) && !cancellationToken.IsCancellationRequested)
        {
            return ApiAnswer<T>.Unknown();
        }
    }

    private static bool IsLost(Exception failure) => failure is HttpRequestException or IOException or JsonException or OperationCanceledException or ExecutionRejectedException;

    private static async Task<ApiProblem> ReadProblemAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            var problem = await response.Content.ReadFromJsonAsync<ApiProblem>(cancellationToken) ?? new ApiProblem();
            return problem with { Status = (int)response.StatusCode };
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            return new ApiProblem { Status = (int)response.StatusCode };
        }
    }

    private static QueryString Query(params ReadOnlySpan<(string Name, string? Value)> parts)
    {
        var query = QueryString.Empty;
        foreach (var (name, value) in parts)
        {
            if (!string.IsNullOrEmpty(value)) query = query.Add(name, value);
        }

        return query;
    }
}
