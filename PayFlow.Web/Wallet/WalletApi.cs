using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using PayFlow.ServiceDefaults.Http;
using PayFlow.ServiceDefaults.Problems;
using PayFlow.Web.Api;
using PayFlow.Web.RateLimiting;
using PayFlow.Web.SignIn;

namespace PayFlow.Web.Wallet;

/// <summary>
/// Asks the services for one open wallet, directly by their discovery names, as the person who has signed in. Each
/// feature has a client of its own on it.
/// </summary>
public sealed class WalletApi(IHttpClientFactory clients, SessionAccess access, RateLimits limits)
{
    /// <summary>The name of the HTTP client, for its settings.</summary>
    public const string Client = "wallet";

    public static readonly Uri Accounts = new("http://accounts");
    public static readonly Uri Transactions = new("http://transactions");
    public static readonly Uri Notifications = new("http://notifications");

    private static readonly ApiProblem TooMany = new(
        Status: StatusCodes.Status429TooManyRequests,
        Code: ProblemCodes.RateLimited.Code,
        Detail: "Too many requests. Wait a moment, then try again."
    );

    public Task<ApiAnswer<T>> GetAsync<T>(Uri service, string path, CancellationToken cancellationToken)
        where T : class =>
        AskAsync<T>(new HttpRequestMessage(HttpMethod.Get, new Uri(service, path)), cancellationToken);

    public Task<ApiAnswer<T>> SendAsync<T>(
        HttpMethod method,
        Uri service,
        string path,
        object body,
        CancellationToken cancellationToken
    )
        where T : class =>
        AskAsync<T>(
            new HttpRequestMessage(method, new Uri(service, path)) { Content = JsonContent.Create(body) },
            cancellationToken
        );

    /// <summary>A request that moves money. Repeating it with the same key and body moves it once.</summary>
    public static HttpRequestMessage MoneyRequest(string path, object body, string key)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Transactions, path))
        {
            Content = JsonContent.Create(body),
        };
        request.Headers.TryAddWithoutValidation(IdempotencyKey.Header, key);
        return request;
    }

    public async Task<ApiAnswer<T>> AskAsync<T>(HttpRequestMessage request, CancellationToken cancellationToken)
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

    /// <summary>A query of the parts that have a value; instants go out in UTC.</summary>
    public static QueryString Query(params ReadOnlySpan<(string Name, object? Value)> parts)
    {
        var query = QueryString.Empty;
        foreach (var (name, value) in parts)
        {
            var text = value is DateTimeOffset at
                ? at.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)
                : Convert.ToString(value, CultureInfo.InvariantCulture);
            if (!string.IsNullOrEmpty(text))
                query = query.Add(name, text);
        }

        return query;
    }
}
