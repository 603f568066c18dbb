using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using PayFlow.ServiceDefaults.Identifiers;

namespace PayFlow.ServiceDefaults.Tenancy;

/// <summary>
/// A context that reads and writes the rows of one tenant. Every entity with a <c>TenantId</c> has a query filter, so
/// that a query cannot forget it, and saving refuses rows of another tenant. What works across tenants says so with
/// <c>IgnoreQueryFilters</c>.
/// </summary>
public abstract class TenantDbContext(DbContextOptions options) : DbContext(options)
{
    /// <summary>The name of the filter and of the property that it compares.</summary>
    public const string Filter = "TenantId";

    private CurrentTenant _current = new();

    /// <exception cref="InvalidOperationException">The context works across tenants.</exception>
    public TenantId Tenant => _current.Id;

    /// <summary>
    /// The filters read it. The model is made once for all contexts, so a filter takes the value from the context.
    /// </summary>
    internal Guid TenantKey => _current.Id.Value;

    /// <summary>Sets the tenant; a pooled context gets another one with each scope.</summary>
    public TenantDbContext WorkFor(CurrentTenant current)
    {
        _current = current;
        return this;
    }

    /// <summary>The same for a context without a scope.</summary>
    public void WorkFor(TenantId tenant)
    {
        _current = new CurrentTenant();
        _current.Use(tenant);
    }

    public sealed override int SaveChanges(bool acceptAllChangesOnSuccess)
    {
        CheckTenants();
        return base.SaveChanges(acceptAllChangesOnSuccess);
    }

    public sealed override Task<int> SaveChangesAsync(
        bool acceptAllChangesOnSuccess,
        CancellationToken cancellationToken = default
    )
    {
        CheckTenants();
        return base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken);
    }

    protected sealed override void OnModelCreating(ModelBuilder modelBuilder)
    {
        AddTables(modelBuilder);
        foreach (var row in modelBuilder.Model.GetEntityTypes().Where(HasTenant))
            modelBuilder.Entity(row.ClrType).HasQueryFilter(Filter, OfThisTenant(row.ClrType));
    }

    protected abstract void AddTables(ModelBuilder model);

    private static bool HasTenant(IReadOnlyEntityType row) => row.FindProperty(Filter) is not null;

    private LambdaExpression OfThisTenant(Type type)
    {
        var row = Expression.Parameter(type, "row");
        return Expression.Lambda(
            Expression.Equal(
                Expression.Property(row, Filter),
                Expression.Property(Expression.Constant(this, typeof(TenantDbContext)), nameof(TenantKey))
            ),
            row
        );
    }

    private void CheckTenants()
    {
        foreach (var entry in ChangeTracker.Entries())
        {
            if (
                entry.State is not (EntityState.Added or EntityState.Modified or EntityState.Deleted)
                || !HasTenant(entry.Metadata)
            )
                continue;
            var tenant = new TenantId((Guid)entry.Property(Filter).CurrentValue!);
            if (tenant.Value == Guid.Empty || (_current.IdOrNone is { } mine && tenant != mine))
                throw new InvalidOperationException(
                    $"A {entry.Metadata.ShortName()} of tenant {tenant} is not saved for another tenant."
                );
        }
    }
}
