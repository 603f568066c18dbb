namespace PayFlow.ServiceDefaults.Audit;

/// <summary>A row's place in the log.</summary>
public readonly record struct AuditPlace(Guid Lane, long Sequence);
