using System.Net;
using Microsoft.AspNetCore.Components.Server.Circuits;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Http;
using PayFlow.Web.Live;

namespace PayFlow.Web.SignIn;

/// <summary>
/// The access token of one open wallet, renewed before it expires for as long as its session lasts. Calls of one circuit that
/// need a new one at the same time share it. It hears of its session's end as it happens, so that a screen nobody touches ends too.
/// </summary>
public sealed class SessionAccess(IHttpClientFactory clients, LiveUpdates live, TimeProvider clock) : CircuitHandler, ILiveListener, IDisposable
{
    /// <summary>The name of the HTTP client, which carries the service token.</summary>
    public const string Client = "session-access";

    // So that no token expires on its way.
    private static readonly TimeSpan Early = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private Guid _session;
    private IDisposable? _subscription;
    private volatile string? _token;
    private DateTimeOffset _until;
    private bool _hasEnded;

    private sealed record Issued(string AccessToken, int ExpiresIn);

    /// <summary>The session has ended: nothing more can be read with it. It may be called on any thread.</summary>
    public Action? Ended { get; set; }

    public bool HasEnded => Volatile.Read(ref _hasEnded);

    public void Open(Guid session)
    {
        _subscription?.Dispose();
        (_session, _token, _hasEnded) = (session, null, false);
        _subscription = live.Subscribe(this, session);
    }

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
            using var request = new HttpRequestMessage(HttpMethod.Post, $"/internal/sessions/{_session}/token").Harmless();
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

    /// <summary>A service did not take the token: the session may have ended, which asking for another one finds out.</summary>
    public async Task RefusedAsync(string token, CancellationToken cancellationToken)
    {
        if (_token == token) _token = null;
        await TokenAsync(cancellationToken);
    }

    public void OnEvent(IEvent happened)
    {
        if (happened is SessionRevoked) End();
    }

    /// <summary>A browser whose connection was broken was not told of the end meanwhile.</summary>
    public override Task OnConnectionUpAsync(Circuit circuit, CancellationToken cancellationToken)
    {
        if (HasEnded) Ended?.Invoke();
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
        if (Interlocked.Exchange(ref _hasEnded, true)) return;
        _token = null;
        Ended?.Invoke();
    }

    private string? Current() => !HasEnded && _token is { } token && _until > clock.GetUtcNow() ? token : null;
}
