using System.Diagnostics.Metrics;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Telemetry;

namespace PayFlow.Notifications.Delivery;

internal static class NotificationMetrics
{
    private static readonly Meter Meter = new("PayFlow.Notifications");
    private static readonly Counter<long> StoredCount = Meter.CreateCounter<long>(
        "payflow.notification.stored",
        "{notification}",
        "Notifications that were stored for their people"
    );
    private static readonly Histogram<double> Duration = Meter.CreateDuration(
        "payflow.transfer.notification.duration",
        "From a transfer's intake to its people's notification"
    );
    private static readonly Histogram<double> Step = Meter.CreateDuration(
        "payflow.saga.step.duration",
        "Step of a transfer: notified, from its end to its people's notification"
    );

    /// <summary>Call it once a batch, after its commit.</summary>
    /// <param name="ends">The transfers whose end the notifications tell.</param>
    public static void Stored(int notifications, List<TransactionFacts> ends, DateTimeOffset now)
    {
        StoredCount.Add(notifications);
        foreach (var end in ends)
        {
            Duration.Record(Math.Max(0, (now - end.CreatedAt).TotalSeconds));
            Step.Record(
                Math.Max(0, (now - end.EndedAt).TotalSeconds),
                new KeyValuePair<string, object?>("step", "notified")
            );
        }
    }
}
