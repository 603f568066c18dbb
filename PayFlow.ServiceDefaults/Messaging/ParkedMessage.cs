namespace PayFlow.ServiceDefaults.Messaging;

/// <summary>A message that could not be handled, with why; it can be replayed.</summary>
public sealed class ParkedMessage
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

    /// <summary>As it came; null in rows of a version without MACs, which a replay does not ask for one.</summary>
    public string? Mac { get; init; }

    public string Reason { get; set; } = "";

    public DateTimeOffset ParkedAt { get; init; }

    public DateTimeOffset? ReplayedAt { get; set; }
}
