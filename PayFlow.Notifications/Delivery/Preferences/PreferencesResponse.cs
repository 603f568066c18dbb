namespace PayFlow.Notifications.Delivery.Preferences;

/// <summary>By which channels a person gets which notifications.</summary>
/// <param name="Choices">Each kind and channel that the person can switch on and off.</param>
/// <param name="Always">The channels of all other kinds, such as security. They cannot be switched off.</param>
public sealed record PreferencesResponse(IReadOnlyList<DeliveryChoice> Choices, IReadOnlyList<string> Always);
