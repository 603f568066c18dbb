namespace PayFlow.Notifications.Delivery;

/// <summary>When a delivery that failed is tried again.</summary>
public static class DeliveryRetries
{
    /// <summary>No try waits longer.</summary>
    public static readonly TimeSpan MaxWait = TimeSpan.FromMinutes(15);

    private static readonly TimeSpan First = TimeSpan.FromSeconds(5);

    // A shorter wait keeps the deliveries of an outage from all coming back at one moment.
    private const double Jitter = 0.2;

    /// <summary>The wait after a try, doubled each time.</summary>
    public static TimeSpan Backoff(int tries) =>
        tries < 9 && First * (1 << (tries - 1)) is var wait && wait < MaxWait ? wait : MaxWait;

    /// <param name="random">From 0 to 1.</param>
    public static TimeSpan WithJitter(TimeSpan wait, double random) => wait * (1 - (Jitter * random));
}
