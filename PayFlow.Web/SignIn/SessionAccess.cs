using System.Net;

namespace PayFlow.Web.SignIn;

/// <summary>
/// The access token of one open wallet, renewed before it expires for as long as its session lasts. Calls of one circuit that
/// need a new one at the same time share it.
/// </summary>
public sealed class SessionAccess(IHttpClientFactory clients, TimeProvider clock) : IDisposable
{
    /// <summary>The name of the HTTP client, which carries the service token.</summary>
    public const string Client = "session-access";

    // So that no token expires on its way.
    private static readonly TimeSpan Early = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private Guid _session;
    private string? _token;
    private DateTimeOffset _until;

    private sealed record Issued(string AccessToken, int ExpiresIn);

    /// <summary>The session has ended: nothing more can be read with it.</summary>
    public Action? Ended { get; set; }

    public bool HasEnded { get; private set; }

    public void Open(Guid session) => (_session, _token, HasEnded) = (session, null, false);

    /// <returns>Null where the session has ended.</returns>
    /// <exception cref="HttpRequestException">Accounts cannot be asked.</exception>
    public async Task<string?> TokenAsync(CancellationToken cancellationToken)
    {
        if (Current() is { } good) return good;
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (HasEnded) return null;
            if (Current() is { } renewed) return renewed;
            using var client = clients.CreateClient(Client);
            using var answer = await client.PostAsync(new Uri($"/internal/sessions/{_session}/token", UriKind.Relative), null, cancellationToken);
            if (answer.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Gone)
            {
                HasEnded = true;
                Ended?.Invoke();
                return null;
            }

            var issued = (await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<Issued>(cancellationToken))!;
            (_token, _until) = (issued.AccessToken, clock.GetUtcNow() + TimeSpan.FromSeconds(issued.ExpiresIn) - Early);
            return _token;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>A service did not take the token: the session may have ended, which asking for another one finds out.</summary>
    public async Task RefusedAsync(string token, CancellationToken cancellationToken)
    {
        if (_token == token) _token = null;
        await TokenAsync(cancellationToken);
    }

    public void Dispose() => _turn.Dispose();

    private string? Current() => _token is not null && _until > clock.GetUtcNow() ? _token : null;
}
