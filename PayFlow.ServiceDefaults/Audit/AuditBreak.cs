namespace PayFlow.ServiceDefaults.Audit;

/// <summary>Where a lane stops being what was written.</summary>
/// <param name="Sequence">The first row of the lane that is wrong or not there.</param>
/// <param name="Id">The row's id; null where it is not there.</param>
/// <param name="Damage">
/// <c>altered</c>: its fields do not give its hash. <c>missing</c>: rows before the next one are gone.
/// <c>unlinked</c>: it does not follow the row before it. <c>replaced</c>: it is not the row that the kept head saw.
/// <c>cut</c>: the kept head saw rows that the lane does not have.</param>
/// <param name="At">When the row, or the kept head, was written.</param>
public sealed record AuditBreak(Guid Lane, long Sequence, Guid? Id, string Damage, DateTimeOffset At);
