namespace PayFlow.Notifications.Delivery.Preferences;

/// <summary>Whether a channel delivers a kind of notification to a person.</summary>
/// <param name="Kind">What it is about, such as <c>money_received</c>.</param>
public sealed record DeliveryChoice(string Kind, string Channel, bool Enabled);
