using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using PayFlow.ServiceDefaults.Http;
using PayFlow.Web.Api;
using PayFlow.Web.Browsers;

namespace PayFlow.Web.SignIn;

/// <summary>Signing in and up at Accounts, for a browser.</summary>
public sealed class AuthApi(IHttpClientFactory clients)
{
    /// <summary>The name of the HTTP client.</summary>
    public const string Client = "auth";

    /// <param name="device">By which Accounts knows this browser again.</param>
    public async Task<ApiAnswer<SignedIn>> SignInAsync(
        string email,
        string password,
        string? code,
        string device,
        ClientInfo visitor,
        CancellationToken cancellationToken
    )
    {
        var secret = BrowserKey.NewSecret();
        var body = new SignInRequest(email, password, code, SHA256.HashData(Encoding.UTF8.GetBytes(secret)), device);
        var answer = await PostAsync<SignedIn>("/auth/sign-in", body, visitor, cancellationToken);
        return answer.IsOk ? ApiAnswer<SignedIn>.Ok(answer.Value with { Secret = secret }) : answer;
    }

    public Task<ApiAnswer<object>> SignUpAsync(
        string email,
        string password,
        string name,
        string handle,
        ClientInfo visitor,
        CancellationToken cancellationToken
    ) =>
        PostAsync<object>(
            "/auth/sign-up",
            new
            {
                email,
                password,
                name,
                handle,
            },
            visitor,
            cancellationToken
        );

    public Task<ApiAnswer<object>> ForgotPasswordAsync(
        string email,
        ClientInfo visitor,
        CancellationToken cancellationToken
    ) => PostAsync<object>("/auth/forgot-password", new { email }, visitor, cancellationToken);

    /// <param name="code">From the e-mail.</param>
    public Task<ApiAnswer<object>> ResetPasswordAsync(
        string code,
        string password,
        ClientInfo visitor,
        CancellationToken cancellationToken
    ) => PostAsync<object>("/auth/reset-password", new { code, password }, visitor, cancellationToken);

    /// <param name="code">From the e-mail.</param>
    public Task<ApiAnswer<object>> VerifyEmailAsync(
        string code,
        ClientInfo visitor,
        CancellationToken cancellationToken
    ) => PostAsync<object>("/auth/verify-email", new { code }, visitor, cancellationToken);

    public async Task SignOutAsync(string token, ClientInfo visitor, CancellationToken cancellationToken)
    {
        using var client = clients.CreateClient(Client);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/auth/sign-out").Idempotent();
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        visitor.Introduce(request);
        using var answer = await client.SendAsync(request, cancellationToken);
    }

    private async Task<ApiAnswer<T>> PostAsync<T>(
        string path,
        object body,
        ClientInfo visitor,
        CancellationToken cancellationToken
    )
        where T : class
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        visitor.Introduce(request);
        using var client = clients.CreateClient(Client);
        return await ApiAnswers.ReadAsync<T>(() => client.SendAsync(request, cancellationToken), cancellationToken);
    }

    private sealed record SignInRequest(
        string Email,
        string Password,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Code,
        byte[] SessionKeyHash,
        string Device
    );
}
