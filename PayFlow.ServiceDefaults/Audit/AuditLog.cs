using PayFlow.ServiceDefaults.AuditChain;
using PayFlow.ServiceDefaults.Commits;

namespace PayFlow.ServiceDefaults.Audit;

/// <summary>For what changed nothing else, such as a refused sign-in or a look at the audit log itself.</summary>
public sealed class AuditLog(UnitsOfWork units)
{
    /// <summary>Writes the event in a transaction of its own, in one round trip.</summary>
    public async Task WriteAsync(AuditEvent what, CancellationToken cancellationToken)
    {
        await using var work = await units.BeginBatchAsync(cancellationToken);
        work.Audit(what);
        await work.CommitAsync(cancellationToken);
    }
}
