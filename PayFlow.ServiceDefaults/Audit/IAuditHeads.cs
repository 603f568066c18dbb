using PayFlow.ServiceDefaults.AuditChain;

namespace PayFlow.ServiceDefaults.Audit;

/// <summary>The audit checkpoints outside the service's own database, in Notifications.</summary>
public interface IAuditHeads
{
    Task<IReadOnlyList<AuditLaneHead>> GetAsync(string service, CancellationToken cancellationToken);
}
