namespace PayFlow.Notifications.Delivery;

/// <summary>What a channel says of one try.</summary>
/// <param name="Outcome"><c>Sent</c>, <c>Retried</c>, <c>Refused</c> or <c>Unusable</c>.</param>
/// <param name="Detail">A status or the type of a fault, for the log. It names no person.</param>
public sealed record DeliveryResult(DeliveryOutcome Outcome, string? Detail = null)
{
    public static DeliveryResult Sent { get; } = new(DeliveryOutcome.Sent);
}
