using System.Diagnostics;
using System.Diagnostics.Metrics;
using PayFlow.ServiceDefaults.Telemetry;

namespace PayFlow.ServiceDefaults.Messaging;

/// <summary>The meter and the activity source of messaging.</summary>
internal static class MessagingMetrics
{
    public const string Name = "PayFlow.Messaging";

    private static readonly Meter Meter = new(Name);

    public static readonly ActivitySource Activities = new(Name);

    public static readonly Counter<long> Published = Meter.CreateCounter<long>(
        "payflow.messaging.published",
        "{message}",
        "Messages that the broker acknowledged"
    );
    public static readonly Counter<long> Swept = Meter.CreateCounter<long>(
        "payflow.messaging.swept",
        "{row}",
        "Outbox rows that the sweep published"
    );
    public static readonly Counter<long> Consumed = Meter.CreateCounter<long>(
        "payflow.messaging.consumed",
        "{message}",
        "Messages whose effect is committed"
    );
    public static readonly Counter<long> DeadLetters = Meter.CreateCounter<long>(
        "payflow.messaging.parked",
        "{message}",
        "Messages put aside because they could not be handled"
    );
    public static readonly Counter<long> Refused = Meter.CreateCounter<long>(
        "payflow.messaging.refused",
        "{message}",
        "Messages parked because no MAC proves their sender"
    );
    public static readonly Counter<long> Unsigned = Meter.CreateCounter<long>(
        "payflow.messaging.unsigned",
        "{message}",
        "Messages handled without a MAC, as Messaging:AcceptUnsignedUntil allows"
    );
    public static readonly Counter<long> Retried = Meter.CreateCounter<long>(
        "payflow.messaging.retried",
        "{batch}",
        "Batches that ran again after a passing failure, and reading that began again after the broker's"
    );
    public static readonly Counter<long> BrokersReplaced = Meter.CreateCounter<long>(
        "payflow.messaging.brokers_replaced",
        "{broker}",
        "Times the broker turned out to be a new one"
    );
    public static readonly Histogram<double> BatchSeconds = Meter.CreateDuration(
        "payflow.messaging.batch.duration",
        "Time to handle one batch, commit included"
    );
    public static readonly Gauge<long> OutboxRows = Meter.CreateGauge<long>(
        "payflow.messaging.outbox.rows",
        "{row}",
        "Outbox rows that are not published yet"
    );
    public static readonly Gauge<double> OutboxAge = Meter.CreateGauge<double>(
        "payflow.messaging.outbox.age",
        "s",
        "Age of the oldest outbox row that is not published yet"
    );
    public static readonly Gauge<long> ParkedNow = Meter.CreateGauge<long>(
        "payflow.messaging.parked.waiting",
        "{message}",
        "Parked messages that were not replayed yet"
    );
    public static readonly ObservableGauge<long> Lag = Meter.CreateObservableGauge(
        "payflow.messaging.consumer.lag",
        ConsumerLag.Observe,
        "{message}",
        "Messages on the broker whose effect is not committed yet"
    );
}
