using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PayFlow.ServiceDefaults.Connections;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Identifiers;
using PayFlow.ServiceDefaults.Messaging;
using Polly;

namespace PayFlow.ServiceDefaults.Access;

/// <summary>
/// Revoked sessions with unexpired access tokens. Events add them; a full read at start and at intervals adds missed
/// ones. Before the first read every request is refused.
/// </summary>
internal sealed class RevokedSessions(ISessionAuthority authority, TimeProvider clock, ILogger<RevokedSessions> logger)
    : BackgroundService,
        IBroadcastListener
{
    private static readonly TimeSpan ReadInterval = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    private const int FailuresBeforeLog = 10;

    private static readonly Subscriptions<RevokedSessions> Subscribed =
        new Subscriptions<RevokedSessions>().On<SessionRevoked>(
            (sessions, revoked) => sessions.Add(new RevokedSession(revoked.SessionId, revoked.TokensEndAt))
        );

    private readonly ConcurrentDictionary<SessionId, DateTimeOffset> _until = new();
    private readonly SemaphoreSlim _wake = new(0);
    private volatile bool _isRead;
    private int _failures;

    public IReadOnlyList<string> Topics => Subscribed.Topics;

    public TimeSpan Delay { get; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Whether the first read has succeeded.</summary>
    public bool IsKnown => _isRead;

    public bool Contains(SessionId session) => _until.ContainsKey(session);

    public void Handle(ConsumedMessage message) => Subscribed.Handle(this, message);

    public void OnResubscribed() => _wake.Release();

    /// <summary>Takes effect in this process at once. Other processes get the event.</summary>
    public void Add(RevokedSession revoked) => _until[revoked.SessionId] = revoked.TokensEndAt;

    public override void Dispose()
    {
        base.Dispose();
        _wake.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var isRead = await ReadAsync(stoppingToken);
            foreach (var (session, until) in _until)
            {
                if (until < clock.GetUtcNow())
                    _until.TryRemove(session, out _);
            }

            using var pause = new CancellationTokenSource(isRead ? ReadInterval : RetryInterval, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(pause.Token, stoppingToken);
            await _wake
                .WaitAsync(either.Token)
                .ContinueWith(
                    _ => { },
                    CancellationToken.None,
                    TaskContinuationOptions.ExecuteSynchronously,
                    TaskScheduler.Default
                );
        }
    }

    private async Task<bool> ReadAsync(CancellationToken stopping)
    {
        try
        {
            foreach (var revoked in await authority.GetRevokedAsync(stopping))
                Add(revoked);
            _isRead = true;
            _failures = 0;
            return true;
        }
        catch (Exception away)
            when (away
                    is HttpRequestException
                        or ExecutionRejectedException
                        or OperationCanceledException
                        or System.Text.Json.JsonException
                || away.IsOfDatabase()
            )
        {
            // Services start together, so Accounts may not be available yet.
            if (++_failures == FailuresBeforeLog)
                logger.LogWarning("The revoked sessions cannot be read: {Reason}", away.Message);
            return false;
        }
    }
}
