namespace PayFlow.ServiceDefaults.Messaging;

/// <summary>A message whose effect is committed. Rows outlive the topic's retention.</summary>
public sealed class InboxRow
{
    public string Consumer { get; init; } = "";

    public string MessageId { get; init; } = "";

    public DateTimeOffset ReceivedAt { get; init; }
}
