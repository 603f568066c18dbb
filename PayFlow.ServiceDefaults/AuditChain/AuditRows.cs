using Microsoft.EntityFrameworkCore;

namespace PayFlow.ServiceDefaults.AuditChain;

/// <summary>The rows of the service's own audit log, to read.</summary>
public sealed class AuditRows(DbContext db)
{
    public IQueryable<AuditRow> All => db.Set<AuditRow>().AsNoTracking();
}
