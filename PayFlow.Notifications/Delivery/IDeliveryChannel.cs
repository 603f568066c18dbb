using Npgsql;
using PayFlow.ServiceDefaults.Contracts;

namespace PayFlow.Notifications.Delivery;

/// <summary>
/// A way to reach people outside of the app. Its queue is written in the commit that stores the notifications, so none
/// is lost and none is queued twice. It delivers by itself and at its own pace.
/// </summary>
public interface IDeliveryChannel
{
    /// <summary>
    /// Adds the statement that queues the requests that this channel delivers. A request that comes again must change
    /// nothing.
    /// </summary>
    void Queue(NpgsqlBatch batch, IReadOnlyList<NotificationRequest> requests, DateTimeOffset now);
}
