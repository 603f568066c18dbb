namespace PayFlow.ServiceDefaults.Messaging;

/// <summary>The events of one committed transaction; unpublished while <see cref="PublishedAt"/> is null.</summary>
public sealed class OutboxRow
{
    public Guid Id { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? PublishedAt { get; set; }

    public int Messages { get; init; }

    public byte[] Payload { get; init; } = [];
}
