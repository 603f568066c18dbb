using Microsoft.Extensions.DependencyInjection;
using PayFlow.ServiceDefaults.Identifiers;

namespace PayFlow.ServiceDefaults.Tenancy;

public static class TenantScopes
{
    /// <summary>A scope that works for this tenant. A scope without one reads with IgnoreQueryFilters.</summary>
    public static AsyncServiceScope CreateTenantScope(this IServiceScopeFactory scopes, TenantId tenant)
    {
        var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CurrentTenant>().Use(tenant);
        return scope;
    }
}
