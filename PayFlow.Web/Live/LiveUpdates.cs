using System.Collections.Concurrent;
using System.Collections.Immutable;
using PayFlow.ServiceDefaults.Contracts;

namespace PayFlow.Web.Live;

/// <summary>Carries events to this replica's open screens, by account, person and session.</summary>
public sealed class LiveUpdates(ILogger<LiveUpdates> logger)
{
    private readonly ConcurrentDictionary<Guid, ImmutableArray<ILiveListener>> _listeners = new();

    /// <param name="keys">The ids of accounts, parties and sessions to subscribe to.</param>
    /// <returns>Ends the subscription when disposed.</returns>
    public IDisposable Subscribe(ILiveListener listener, params IReadOnlyCollection<Guid> keys)
    {
        foreach (var key in keys)
            _listeners.AddOrUpdate(
                key,
                _ => [listener],
                (_, listeners) => listeners.Contains(listener) ? listeners : listeners.Add(listener)
            );
        return new Subscription(this, listener, [.. keys]);
    }

    public bool HasListeners => !_listeners.IsEmpty;

    public bool HasListener(Guid key) => _listeners.ContainsKey(key);

    public void Publish(IEvent happened)
    {
        switch (happened)
        {
            case BalanceUpdated balance:
                Tell(balance.AccountId.Value, happened);
                break;
            case AccountUpdated account:
                Tell(account.Account.AccountId.Value, happened);
                break;
            case TransactionCompleted completed:
                Tell(completed.Transaction.From.AccountId.Value, happened);
                Tell(completed.Transaction.To.AccountId.Value, happened);
                break;
            // A failed payment is the payer's to know, nobody else's.
            case TransactionFailed failed:
                Tell(failed.Transaction.From.AccountId.Value, happened);
                break;
            case SessionRevoked revoked:
                Tell(revoked.SessionId.Value, happened);
                break;
            case NotificationCreated notification:
                Tell(notification.RecipientId.Value, happened);
                break;
        }
    }

    public void OnResubscribed()
    {
        foreach (var listener in _listeners.Values.SelectMany(listeners => listeners).Distinct())
            Tell(listener, static one => one.OnResumed());
    }

    private void Tell(Guid key, IEvent happened)
    {
        if (!_listeners.TryGetValue(key, out var listeners))
            return;
        foreach (var listener in listeners)
            Tell(listener, one => one.OnEvent(happened));
    }

    private void Tell(ILiveListener listener, Action<ILiveListener> tell)
    {
        try
        {
            tell(listener);
        }
        catch (Exception failure)
        {
            // One screen's trouble is not the others'.
            logger.LogWarning(failure, "An open screen could not be told");
        }
    }

    private void Unsubscribe(ILiveListener listener, ImmutableArray<Guid> keys)
    {
        foreach (var key in keys)
        {
            while (_listeners.TryGetValue(key, out var listeners))
            {
                var rest = listeners.Remove(listener);
                if (
                    rest.IsEmpty
                        ? _listeners.TryRemove(KeyValuePair.Create(key, listeners))
                        : _listeners.TryUpdate(key, rest, listeners)
                )
                    break;
            }
        }
    }

    private sealed class Subscription(LiveUpdates updates, ILiveListener listener, ImmutableArray<Guid> keys)
        : IDisposable
    {
        public void Dispose() => updates.Unsubscribe(listener, keys);
    }
}
