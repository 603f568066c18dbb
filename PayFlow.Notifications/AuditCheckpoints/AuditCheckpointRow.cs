namespace PayFlow.Notifications.AuditCheckpoints;

/// <summary>The furthest that one lane was seen.</summary>
public sealed class AuditCheckpointRow
{
    public Guid Lane { get; init; }

    public Guid TenantId { get; init; }

    public string Service { get; init; } = "";

    public long Sequence { get; init; }

    public byte[] Hash { get; init; } = [];

    public DateTimeOffset At { get; init; }
}
