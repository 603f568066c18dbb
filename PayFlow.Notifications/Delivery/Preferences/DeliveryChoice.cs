namespace PayFlow.Notifications.Delivery.Preferences;

/// <summary>Whether a channel delivers a kind of notification to a person.</summary>
public sealed record DeliveryChoice(string Kind, string Channel, bool Enabled);
