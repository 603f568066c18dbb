namespace PayFlow.ServiceDefaults.Messaging;

/// <summary>A handled message. The row outlives the topic's retention.</summary>
public sealed class InboxRow
{
    public string Consumer { get; init; } = "";

    public string MessageId { get; init; } = "";

    public DateTimeOffset ReceivedAt { get; init; }
}
