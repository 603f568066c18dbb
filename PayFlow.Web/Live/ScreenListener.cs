using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Messaging;

namespace PayFlow.Web.Live;

/// <summary>Hears what the open screens show, and has them read anew where something may have been missed.</summary>
public sealed class ScreenListener(LiveUpdates updates) : IBroadcastListener
{
    public IReadOnlyList<string> Topics { get; } =
    [
        ServiceDefaults.Messaging.Topics.AccountUpdated,
        ServiceDefaults.Messaging.Topics.BalanceUpdated,
        ServiceDefaults.Messaging.Topics.TransactionCompleted,
        ServiceDefaults.Messaging.Topics.TransactionFailed,
        ServiceDefaults.Messaging.Topics.NotificationCreated,
        ServiceDefaults.Messaging.Topics.SessionRevoked,
    ];

    public TimeSpan Delay { get; } = TimeSpan.FromMilliseconds(20);

    public void Hear(ConsumedMessage message)
    {
        if (Read(message) is { } happened)
            updates.Publish(happened);
    }

    public void Resume() => updates.Resume();

    /// <summary>
    /// Most of what happens concerns nobody who looks. What is keyed by an account, a person or a session is judged by
    /// its key, before its body is read.
    /// </summary>
    public bool MayConcern(ConsumedMessage message) =>
        message.Topic
            is ServiceDefaults.Messaging.Topics.TransactionCompleted
                or ServiceDefaults.Messaging.Topics.TransactionFailed
            ? updates.HasListeners
            : !Guid.TryParse(message.Key, out var key) || updates.HasListener(key);

    internal static IEvent? Read(ConsumedMessage message) =>
        message.Topic switch
        {
            ServiceDefaults.Messaging.Topics.AccountUpdated => message.Read<AccountUpdated>(),
            ServiceDefaults.Messaging.Topics.BalanceUpdated => message.Read<BalanceUpdated>(),
            ServiceDefaults.Messaging.Topics.TransactionCompleted => message.Read<TransactionCompleted>(),
            ServiceDefaults.Messaging.Topics.TransactionFailed => message.Read<TransactionFailed>(),
            ServiceDefaults.Messaging.Topics.NotificationCreated => message.Read<NotificationCreated>(),
            ServiceDefaults.Messaging.Topics.SessionRevoked => message.Read<SessionRevoked>(),
            _ => null,
        };
}
