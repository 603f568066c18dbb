using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Messaging;

namespace PayFlow.Web.Live;

/// <summary>Hears what the open screens show, and has them read anew where something may have been missed.</summary>
public sealed class ScreenListener(LiveUpdates updates) : IBroadcastListener
{
    private static readonly Subscriptions<LiveUpdates> Subscribed = new Subscriptions<LiveUpdates>()
        .On<AccountUpdated>((updates, happened) => updates.Publish(happened))
        .On<BalanceUpdated>((updates, happened) => updates.Publish(happened))
        .On<TransactionCompleted>((updates, happened) => updates.Publish(happened))
        .On<TransactionFailed>((updates, happened) => updates.Publish(happened))
        .On<NotificationCreated>((updates, happened) => updates.Publish(happened))
        .On<SessionRevoked>((updates, happened) => updates.Publish(happened));

    public IReadOnlyList<string> Topics => Subscribed.Topics;

    public TimeSpan Delay { get; } = TimeSpan.FromMilliseconds(20);

    public void Handle(ConsumedMessage message) => Subscribed.Handle(updates, message);

    public void OnResubscribed() => updates.OnResubscribed();

    /// <summary>
    /// Most messages concern no open screen. Messages keyed by an account, a party or a session are filtered by key,
    /// before the body is read.
    /// </summary>
    public bool MayConcern(ConsumedMessage message) =>
        message.Topic
            is TransactionCompleted.TopicName
                or TransactionFailed.TopicName
            ? updates.HasListeners
            : !Guid.TryParse(message.Key, out var key) || updates.HasListener(key);
}
