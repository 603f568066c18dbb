namespace PayFlow.ServiceDefaults.Messaging;

/// <summary>A dead letter with its reason; an operator can replay it.</summary>
public sealed class DeadLetterRow
{
    public Guid Id { get; init; }

    public string Topic { get; init; } = "";

    public int Partition { get; init; }

    public long Offset { get; init; }

    public string Key { get; init; } = "";

    public string MessageId { get; init; } = "";

    public DateTimeOffset MessageTime { get; init; }

    public string? TraceParent { get; init; }

    public byte[] Body { get; init; } = [];

    /// <summary>The MAC as received; null in rows of versions without MACs, for which a replay needs none.</summary>
    public string? Mac { get; init; }

    public string Reason { get; set; } = "";

    public DateTimeOffset ParkedAt { get; init; }

    public DateTimeOffset? ReplayedAt { get; set; }
}
