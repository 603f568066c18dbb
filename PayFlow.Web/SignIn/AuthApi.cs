using System.Net.Http.Headers;
using PayFlow.ServiceDefaults.Http;
using PayFlow.Web.Api;

namespace PayFlow.Web.SignIn;

public sealed record SignedInUser(Guid Id, Guid PartyId, string Name, string? Handle, IReadOnlyList<string> Roles);

public sealed record SignedIn(Guid SessionId, SignedInUser User);

/// <summary>Signing in and up at Accounts, for a browser.</summary>
public sealed class AuthApi(IHttpClientFactory clients)
{
    /// <summary>The name of the HTTP client.</summary>
    public const string Client = "auth";

    public Task<ApiAnswer<SignedIn>> SignInAsync(string email, string password, string? code, string userAgent, CancellationToken cancellationToken) =>
        PostAsync<SignedIn>("/auth/sign-in", code is null ? new { email, password } : new { email, password, code }, userAgent, cancellationToken);

    public Task<ApiAnswer<object>> SignUpAsync(string email, string password, string name, string handle, string userAgent, CancellationToken cancellationToken) =>
        PostAsync<object>("/auth/sign-up", new { email, password, name, handle }, userAgent, cancellationToken);

    public Task<ApiAnswer<object>> ForgotPasswordAsync(string email, string userAgent, CancellationToken cancellationToken) => PostAsync<object>("/auth/forgot-password", new { email }, userAgent, cancellationToken);

    /// <param name="code">From the e-mail.</param>
    public Task<ApiAnswer<object>> ResetPasswordAsync(string code, string password, string userAgent, CancellationToken cancellationToken) =>
        PostAsync<object>("/auth/reset-password", new { code, password }, userAgent, cancellationToken);

    /// <param name="code">From the e-mail.</param>
    public Task<ApiAnswer<object>> VerifyEmailAsync(string code, string userAgent, CancellationToken cancellationToken) => PostAsync<object>("/auth/verify-email", new { code }, userAgent, cancellationToken);

    public async Task SignOutAsync(string token, CancellationToken cancellationToken)
    {
        using var client = clients.CreateClient(Client);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/auth/sign-out").Harmless();
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await client.SendAsync(request, cancellationToken);
    }

    /// <param name="userAgent">The browser's, by which its owner knows the device in the list of sessions.</param>
    private async Task<ApiAnswer<T>> PostAsync<T>(string path, object body, string userAgent, CancellationToken cancellationToken)
        where T : class
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        request.Headers.TryAddWithoutValidation("User-Agent", userAgent);
        using var client = clients.CreateClient(Client);
        return await ApiAnswers.ReadAsync<T>(() => client.SendAsync(request, cancellationToken), cancellationToken);
    }
}
