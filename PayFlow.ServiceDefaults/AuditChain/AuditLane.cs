namespace PayFlow.ServiceDefaults.AuditChain;

/// <summary>
/// A hash chain with one writer at a time. The position is that of the last row known to be committed.
/// </summary>
internal sealed class AuditLane(Guid id)
{
    public Guid Id { get; } = id;

    public long Sequence { get; set; }

    public byte[] Hash { get; set; } = new byte[32];
}
