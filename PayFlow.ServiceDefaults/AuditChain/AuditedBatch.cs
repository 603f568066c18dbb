namespace PayFlow.ServiceDefaults.AuditChain;

/// <summary>
/// What the one row of a set-based batch says: how many, from which id to which, and the hash of all that was written.
/// </summary>
public sealed record AuditedBatch(int Count, Guid FirstId, Guid LastId, string Sha256);
