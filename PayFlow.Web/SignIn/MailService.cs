using PayFlow.Web.Api;

namespace PayFlow.Web.SignIn;

/// <summary>
/// Whether this installation sends e-mail. Notifications knows, which sends it; its answer is remembered for a minute.
/// </summary>
public sealed class MailService(IHttpClientFactory clients, TimeProvider clock)
{
    /// <summary>The name of the HTTP client, which carries the service token.</summary>
    public const string Client = "mail";

    private static readonly TimeSpan Remembered = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    private (bool Sends, DateTimeOffset At)? _known;

    private sealed record Answer(bool IsConfigured);

    /// <returns>
    /// False where none can be sent. True also where that cannot be found out now: what is asked for waits until it can
    /// be sent.
    /// </returns>
    public async Task<bool> SendsAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (_known is { } known && now - known.At < Remembered)
            return known.Sends;
        using var timeout = new CancellationTokenSource(Timeout, clock);
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            using var client = clients.CreateClient(Client);
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("http://notifications/internal/mail"));
            using var response = await client.SendAsync(request, waiting.Token);
            var answer = await response.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<Answer>(waiting.Token);
            _known = (answer!.IsConfigured, now);
        }
        catch (Exception lost) when (ApiAnswers.IsLost(lost) && !cancellationToken.IsCancellationRequested)
        {
            // The last answer holds, and without one the page is not held up.
        }

        return _known?.Sends ?? true;
    }
}
