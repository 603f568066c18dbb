namespace PayFlow.ServiceDefaults.Audit;

/// <param name="Lanes">How many begin among the rows.</param>
/// <param name="Breaks">
/// The first of each damaged lane, the earliest first; empty where all is as it was written.
/// </param>
/// <param name="Through">The last row that was read, where there are more; null at the end of the log.</param>
public sealed record AuditReport(long Rows, int Lanes, IReadOnlyList<AuditBreak> Breaks, AuditPlace? Through)
{
    public bool Intact => Breaks.Count == 0;
}
