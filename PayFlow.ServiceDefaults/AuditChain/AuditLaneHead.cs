namespace PayFlow.ServiceDefaults.AuditChain;

/// <summary>How far a lane had come: what a later look at the lane must still contain.</summary>
public sealed record AuditLaneHead(Guid Lane, long Sequence, byte[] Hash, DateTimeOffset At);
