using Microsoft.EntityFrameworkCore;
using PayFlow.ServiceDefaults.Tenancy;

namespace PayFlow.ServiceDefaults.AuditChain;

/// <summary>The rows of the service's own audit log, to read.</summary>
public sealed class AuditRows(DbContext db)
{
    /// <summary>Those of the tenant.</summary>
    public IQueryable<AuditRow> All => db.Set<AuditRow>().AsNoTracking();

    /// <summary>Those of all tenants: a lane of the chain has rows of each.</summary>
    public IQueryable<AuditRow> Chain => All.IgnoreQueryFilters([TenantDbContext.Filter]);
}
