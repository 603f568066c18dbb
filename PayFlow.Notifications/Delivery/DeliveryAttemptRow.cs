namespace PayFlow.Notifications.Delivery;

/// <summary>One try of a delivery. A process that died while it tried leaves out a number.</summary>
public sealed class DeliveryAttemptRow
{
    public string Channel { get; init; } = "";

    public Guid DeliveryId { get; init; }

    /// <summary>From 1. A delivery that another one's message covered has 0.</summary>
    public int Number { get; init; }

    public Guid TenantId { get; init; }

    public DateTimeOffset At { get; init; }

    /// <summary>A word of <see cref="DeliveryOutcome"/>.</summary>
    public string Outcome { get; init; } = "";

    /// <summary>A status or the type of a fault. Never the server's words: they may hold the address.</summary>
    public string? Detail { get; init; }

    public DateTimeOffset? NextTryAt { get; init; }
}
