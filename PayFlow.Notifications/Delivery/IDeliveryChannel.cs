using Npgsql;
using PayFlow.ServiceDefaults.Commits;

namespace PayFlow.Notifications.Delivery;

/// <summary>
/// A way to reach people. All channels store in one commit, which is the commit of the message's effect, so that none
/// of them loses or doubles a notification. <see cref="Channels.QueuedChannel"/> is the base of channels that send
/// after the commit.
/// </summary>
public interface IDeliveryChannel
{
    /// <summary>A stable word for preferences, deliveries and metrics, such as <c>email</c>.</summary>
    string Name { get; }

    /// <summary>Whether people can choose this channel for a kind.</summary>
    bool Carries(NotificationKind kind);

    /// <summary>Makes the statement that stores what this channel delivers, by the recipients' preferences.</summary>
    /// <returns>
    /// A statement that returns the ids of the notifications that were not stored before; null where there are none.
    /// </returns>
    NpgsqlBatchCommand? Store(IReadOnlyList<Notification> notifications, DateTimeOffset now);

    /// <summary>Adds to the commit what follows from new notifications.</summary>
    void Stored(UnitOfWork work, IReadOnlyList<Notification> fresh, DateTimeOffset now);
}
