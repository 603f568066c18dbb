namespace PayFlow.ServiceDefaults.Audit;

/// <summary>The heads that are kept outside the service's own database: by Notifications.</summary>
public interface IAuditHeads
{
    Task<IReadOnlyList<AuditLaneHead>> GetAsync(string service, CancellationToken cancellationToken);
}
