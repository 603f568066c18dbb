using System.Net;
using Microsoft.AspNetCore.Components.Server.Circuits;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Http;
using PayFlow.Web.Browsers;
using PayFlow.Web.Circuits;
using PayFlow.Web.Live;

namespace PayFlow.Web.SignIn;

/// <summary>
/// The access token of one open wallet, renewed before it expires for as long as its session lasts. Calls of one
/// circuit that need a new one at the same time share it. It receives the end of its session at once, so that an idle
/// screen ends too.
/// </summary>
public sealed class SessionAccess(IHttpClientFactory clients, LiveUpdates live, TimeProvider clock)
    : CircuitHandler,
        ILiveListener,
        IDisposable
{
    /// <summary>The name of the HTTP client, which carries the service token.</summary>
    public const string Client = "session-access";

    // So that no token expires on its way.
    private static readonly TimeSpan Early = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private BrowserKey _key = null!;
    private ClientInfo? _visitor;
    private IDisposable? _subscription;
    private volatile string? _token;
    private DateTimeOffset _until;
    private bool _hasEnded;

    private sealed record Shown(string Key);

    private sealed record Issued(string AccessToken, int ExpiresIn);

    /// <summary>The session has ended: nothing more can be read with it. It may be called on any thread.</summary>
    public Action? Ended { get; set; }

    public bool HasEnded => Volatile.Read(ref _hasEnded);

    /// <summary>Whose wallet it is.</summary>
    public Guid User => _key.User;

    public void Open(BrowserKey key)
    {
        _subscription?.Dispose();
        _key = key;
        _token = null;
        _hasEnded = false;
        _subscription = live.Subscribe(this, key.Session);
    }

    /// <summary>Says to a service which browser it is asked for; a circuit has learnt it from its connection.</summary>
    public void Introduce(HttpRequestMessage request) => _visitor?.Introduce(request);

    /// <summary>For a request that has no circuit.</summary>
    public void ComesFrom(ClientInfo visitor) => _visitor = visitor;

    /// <returns>Null where the session has ended.</returns>
    /// <exception cref="HttpRequestException">Accounts cannot be asked.</exception>
    public async Task<string?> TokenAsync(CancellationToken cancellationToken)
    {
        if (Current() is { } good)
            return good;
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (HasEnded)
                return null;
            if (Current() is { } renewed)
                return renewed;
            using var client = clients.CreateClient(Client);
            var path = $"/internal/sessions/{_key.Session}/token";
            using var request = new HttpRequestMessage(HttpMethod.Post, path).Idempotent();
            request.Content = JsonContent.Create(new Shown(_key.Secret));
            Introduce(request);
            using var answer = await client.SendAsync(request, cancellationToken);
            if (answer.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Gone)
            {
                End();
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

    /// <summary>
    /// A service did not take the token: the session may have ended, which asking for another one finds out.
    /// </summary>
    public async Task RefusedAsync(string token, CancellationToken cancellationToken)
    {
        if (_token == token)
            _token = null;
        await TokenAsync(cancellationToken);
    }

    public void OnEvent(IEvent happened)
    {
        if (happened is SessionRevoked)
            End();
    }

    /// <summary>
    /// A browser whose connection was broken was not told of the end meanwhile, and may be somewhere else now.
    /// </summary>
    public override Task OnConnectionUpAsync(Circuit circuit, CancellationToken cancellationToken)
    {
        _visitor = CircuitConnections.Browser ?? _visitor;
        if (HasEnded)
            Ended?.Invoke();
        return Task.CompletedTask;
    }

    /// <summary>The end may have been missed; the next call asks.</summary>
    public void OnResumed() => _token = null;

    public void Dispose()
    {
        _subscription?.Dispose();
        _turn.Dispose();
    }

    private void End()
    {
        if (Interlocked.Exchange(ref _hasEnded, true))
            return;
        _token = null;
        Ended?.Invoke();
    }

    private string? Current() => !HasEnded && _token is { } token && _until > clock.GetUtcNow() ? token : null;
}
