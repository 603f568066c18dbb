namespace PayFlow.Notifications.Delivery.Preferences;

/// <summary>What a person chose for one kind and channel. Without a row the channel delivers the kind.</summary>
public sealed class DeliveryPreferenceRow
{
    public Guid TenantId { get; init; }

    public Guid PartyId { get; init; }

    public string Kind { get; init; } = "";

    public string Channel { get; init; } = "";

    public bool Enabled { get; init; }

    public DateTimeOffset ChangedAt { get; init; }
}
