using System.Diagnostics.Metrics;
using PayFlow.ServiceDefaults.Contracts;
using PayFlow.ServiceDefaults.Telemetry;

namespace PayFlow.Notifications.Delivery;

internal static class DeliveryMetrics
{
    private static readonly Meter Meter = new("PayFlow.Notifications");
    private static readonly Counter<long> Attempts = Meter.CreateCounter<long>(
        "payflow.delivery.attempts",
        "{attempt}",
        "Tries to deliver a notification by a channel, by outcome"
    );
    private static readonly Counter<long> DeadLetters = Meter.CreateCounter<long>(
        "payflow.delivery.dead_letters",
        "{delivery}",
        "Notifications that a channel could not deliver and tries no more"
    );

    /// <summary>Call it once for each channel at the start.</summary>
    public static void Begin(string channel)
    {
        Attempts.Begin(new("channel", channel), new("outcome", EnumNames.Of(DeliveryOutcome.Sent)));
        DeadLetters.Begin(new("channel", channel), new("reason", EnumNames.Of(DeliveryOutcome.GaveUp)));
    }

    /// <summary>Call it after the commit that records the try.</summary>
    public static void Tried(string channel, DeliveryOutcome outcome)
    {
        var word = EnumNames.Of(outcome);
        Attempts.Add(1, new("channel", channel), new("outcome", word));
        if (outcome is not (DeliveryOutcome.Sent or DeliveryOutcome.Retried))
            DeadLetters.Add(1, new("channel", channel), new("reason", word));
    }
}
